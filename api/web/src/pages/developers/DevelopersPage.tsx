import { useQuery } from '@tanstack/react-query';
import { statusQuery } from '../../api/queries';
import { Button } from '../../components/Form';
import { ErrorNotice, Notice } from '../../components/Notice';
import { RowsSkeleton } from '../../components/RowsSkeleton';
import { Account, Age } from '../../components/Value';
import { askForWallet, useWallet } from '../../wallet/store';
import { Alerts } from './Alerts';
import styles from './DevelopersPage.module.css';
import { Keys } from './Keys';
import { refusalOf, useSession, useSignIn, useSignOut } from './session';
import { UsagePanel } from './UsagePanel';
import { Webhooks } from './Webhooks';

/** API keys, webhooks and alerts of the wallet that is signed in. */
export function DevelopersPage() {
  const { account, status } = useWallet();
  return (
    <>
      <title>Developers · Stoa</title>
      <header className={styles.header}>
        <h1 className={styles.heading}>Developers</h1>
        <nav className={styles.links} aria-label="Documentation">
          <a href="/docs">REST reference</a>
          <a href="/graphql">GraphQL explorer</a>
          <a href="/v1/openapi.json">OpenAPI</a>
        </nav>
      </header>
      {account === null ? (
        <Notice
          title={status === 'connecting' ? 'Asking your wallet…' : 'Connect a wallet to manage keys and webhooks'}
          action={
            <Button look="solid" onClick={() => askForWallet()}>
              Connect a wallet
            </Button>
          }
        >
          Reading needs no key: every page here is made from the same public API. A key raises how much you may ask for, a webhook tells your server what happens.
        </Notice>
      ) : (
        <Own />
      )}
    </>
  );
}

function Own() {
  const session = useSession();
  const out = useSignOut();
  if (session.isPending) return <RowsSkeleton label="Looking for your session" rows={3} />;
  if (session.isError) return <ErrorNotice error={session.error} what="Your session" retry={() => void session.refetch()} />;
  if (session.data === null) return <SignIn />;
  return (
    <>
      <p className={styles.who} data-testid="session">
        <span>
          Signed in as <Account value={session.data.account} label="your address" /> since <Age time={session.data.created_at} suffix />
        </span>
        <Button small data-testid="sign-out" disabled={out.isPending} onClick={() => out.mutate()}>
          Sign out
        </Button>
      </p>
      <div className={styles.columns}>
        <Keys />
        <UsagePanel />
        <Webhooks />
        <Alerts />
      </div>
    </>
  );
}

function SignIn() {
  const { data } = useQuery(statusQuery());
  const { chainId } = useWallet();
  const served = data?.data.chains.map(({ chain_id }) => chain_id) ?? [];
  const chain = served.find((id) => id === chainId) ?? served[0];
  const action = useSignIn(chain ?? 0);
  const refused = refusalOf(action.error);
  return (
    <Notice
      title="Sign in with your wallet"
      action={
        <Button look="solid" data-testid="sign-in" disabled={chain === undefined || action.isPending} onClick={() => action.mutate()}>
          {action.isPending ? 'Waiting for your wallet…' : 'Sign in'}
        </Button>
      }
    >
      You sign a message that names this site and ends by itself. It costs nothing and moves nothing.
      {refused !== null && (
        <span className={styles.refusal} role="alert">
          {refused}
        </span>
      )}
    </Notice>
  );
}
