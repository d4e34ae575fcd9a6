import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTopic } from '../../api/live';
import { listingQuery, statusQuery } from '../../api/queries';
import type { ChainStatus, Listing, Plan, Token } from '../../api/types';
import { StatusBadge } from '../../components/Badge';
import { Do } from '../../components/Do';
import { FileHash } from '../../components/FileHash';
import { Button, TextField } from '../../components/Form';
import { ErrorNotice, Notice } from '../../components/Notice';
import { Section } from '../../components/Section';
import { Skeleton } from '../../components/Skeleton';
import { Amount, Count } from '../../components/Value';
import { formatAmount, tokenLabel } from '../../lib/amount';
import { displayName } from '../../lib/kinds';
import { checkUri } from '../../lib/metadata';
import { parseAmount, splitId } from '../../lib/parse';
import { formatPeriod } from '../../lib/time';
import { askForWallet, engine, type Hex, useWallet } from '../../wallet/store';
import { NewPlan } from './NewPlan';
import { OwnShares } from './NewShares';
import styles from './SellPage.module.css';

const PlanBounds = lazy(() => import('./PlanBounds'));

export function ManagePage() {
  const { listingId } = useParams({ from: '/listings/$listingId/manage' });
  useTopic(/^\d+-\d+$/.test(listingId) ? `listing:${listingId}` : null);
  const { data, error, refetch } = useQuery(listingQuery(listingId));
  const status = useQuery(statusQuery());
  const chain = status.data?.data.chains.find(({ chain_id }) => chain_id === data?.chain_id);
  if (data === undefined && error) return <ErrorNotice page error={error} what="The listing" retry={() => void refetch()} />;
  if (data === undefined || chain === undefined) return <Skeleton height={420} />;
  return (
    <>
      <title>{`Manage ${displayName(data)} · Stoa`}</title>
      <Link to="/listings/$listingId" params={{ listingId }} className={styles.back}>
        See it as buyers do
      </Link>
      <header className={styles.header}>
        <h1 className={styles.heading}>
          <bdi>{displayName(data)}</bdi>
        </h1>
        <p className={styles.state}>
          {data.id} <StatusBadge status={data.status} />
        </p>
      </header>
      <Content listing={data} chain={chain} />
    </>
  );
}

interface ManageProps {
  listing: Listing;
  chain: ChainStatus;
}

/** Whether the account may change the listing: the contract knows the owner's operators, too. */
function useManager(listing: Listing, chain: ChainStatus): boolean | undefined {
  const { account, chainId } = useWallet();
  const named = account !== null && [listing.owner, listing.approved].some((each) => each?.toLowerCase() === account.toLowerCase());
  const asks = account !== null && !named && chainId === chain.chain_id;
  const { data, isError } = useQuery({
    queryKey: ['listing', listing.id, 'manager', account, listing.owner],
    enabled: asks,
    queryFn: async () => {
      const [{ actor }, { listingsAbi }] = await Promise.all([engine(), import('../../chain/abi')]);
      const { read } = await actor(chain.chain_id);
      return read.readContract({ address: chain.contracts['Listings'] as Hex, abi: listingsAbi, functionName: 'isManager', args: [splitId(listing.id).number, account ?? '0x'] });
    },
  });
  if (named || !asks || isError) return named;
  return data;
}

function Content({ listing, chain }: ManageProps) {
  const { account, status } = useWallet();
  const manager = useManager(listing, chain);
  const owner = account?.toLowerCase() === listing.owner.toLowerCase();
  if (manager === undefined || (account === null && status === 'connecting')) return <Skeleton height={420} />;
  if (!manager) {
    return (
      <div className={styles.sections} data-testid="not-yours">
        <Notice
          title={account === null ? 'Connect the wallet that owns it' : 'This wallet does not own it'}
          action={
            account === null ? (
              <Button look="solid" onClick={() => askForWallet()}>
                Connect a wallet
              </Button>
            ) : (
              <Link to="/portfolio">See what is yours</Link>
            )
          }
        >
          Only its owner, whom the owner approved, and the owner’s operators can change it.
        </Notice>
        <Earnings listing={listing} chain={chain} own={false} />
      </div>
    );
  }
  return (
    <div className={styles.sections} data-testid="manage">
      <Plans listing={listing} chain={chain} />
      <Section title={listing.plans.length === 0 ? 'Price it' : 'New plan'}>
        <NewPlan listing={listing} chain={chain} />
      </Section>
      <Earnings listing={listing} chain={chain} own={owner} />
      <OwnShares listing={listing} chain={chain} owner={owner} />
      <Publish listing={listing} chain={chain} />
      <State listing={listing} chain={chain} />
    </div>
  );
}

async function orders() {
  return (await import('../../wallet/orders')).calls;
}

function Plans({ listing, chain }: ManageProps) {
  if (listing.plans.length === 0) return null;
  return (
    <Section title="Plans">
      {listing.plans.map((plan) => (
        <PlanRow key={plan.id} plan={plan} listing={listing} chain={chain} />
      ))}
    </Section>
  );
}

function PlanRow({ plan, listing, chain }: ManageProps & { plan: Plan }) {
  const [text, setText] = useState<string | null>(null);
  const [bounding, setBounding] = useState(false);
  const market = chain.contracts['Market'] as Hex;
  const about = `/listings/${listing.id}/manage`;
  const { number } = splitId(plan.id);
  const decimals = plan.token.decimals ?? 0;
  const price = text === null ? null : parseAmount(text, decimals);
  return (
    <div className={styles.row} data-testid="own-plan">
      <div className={styles.line}>
        <span className={styles.strong}>
          {plan.kind}
          {plan.period !== null && `, ${formatPeriod(plan.period)}`}
          {plan.units !== null && `, ${plan.units} × ${plan.unit}`}
        </span>
        <span>
          <Amount base={plan.price} token={plan.token} free /> · <Count value={plan.sold} /> sold{plan.paused && ' · paused'}
        </span>
      </div>
      <div className={styles.buttons}>
        <Button small look="quiet" onClick={() => setText((was) => (was === null ? formatAmount(plan.price, decimals).exact.replaceAll(',', '') : null))}>
          {text === null ? 'Change the price' : 'Keep the price'}
        </Button>
        <Button small look="quiet" data-testid="bounds" onClick={() => setBounding(true)}>
          Who and when…
        </Button>
        {bounding && (
          <Suspense fallback={null}>
            <PlanBounds listing={listing} plan={plan} chain={chain} onClose={() => setBounding(false)} />
          </Suspense>
        )}
        <Do
          look="quiet"
          label={plan.paused ? 'Resume' : 'Pause'}
          chainId={chain.chain_id}
          steps={async () => [
            { title: `${plan.paused ? 'Resume' : 'Pause'} plan ${plan.id}`, to: market, data: (await orders()).plan(plan.paused ? 'resumePlan' : 'pausePlan', number), about },
          ]}
        />
      </div>
      {text !== null && (
        <>
          <TextField label="New price" inputMode="decimal" value={text} onChange={setText} unit={tokenLabel(plan.token)} error={price === null ? 'Write an amount such as 12.5.' : null} hint="Buyers who saw the old price buy nothing by mistake." />
          <div className={styles.buttons}>
            <Do
              look="solid"
              label="Set the price"
              chainId={chain.chain_id}
              disabled={price === null}
              steps={async () => [{ title: `Change the price of plan ${plan.id}`, to: market, data: (await orders()).changePlan(number, price ?? 0n, BigInt(plan.cap ?? '0')), about }]}
            />
          </div>
        </>
      )}
    </div>
  );
}

/** What is earned and not split yet. Anyone may split it; it goes where it belongs. */
function Earnings({ listing, chain, own }: ManageProps & { own: boolean }) {
  if (listing.revenue.length === 0) return null;
  return (
    <Section title="Revenue">
      {listing.revenue.map(({ token, net, paid }) => (
        <div key={token.address} className={styles.row}>
          <div className={styles.line}>
            <span>Earned, before parents’ parts</span>
            <Amount base={(BigInt(net) + BigInt(paid)).toString()} token={token} />
          </div>
          <Pending listing={listing} chain={chain} token={token} own={own} />
        </div>
      ))}
    </Section>
  );
}

function Pending({ listing, chain, token, own }: ManageProps & { token: Token; own: boolean }) {
  const { account, chainId } = useWallet();
  const beneficiary = (listing.shares?.share ?? listing.owner) as Hex;
  const revenue = chain.contracts['Revenue'] as Hex;
  const { number } = splitId(listing.id);
  const { data } = useQuery({
    queryKey: ['listing', listing.id, 'pending', beneficiary, token.address],
    enabled: account !== null && chainId === chain.chain_id,
    queryFn: async () => {
      const [{ actor }, { revenueAbi }] = await Promise.all([engine(), import('../../chain/abi')]);
      const { read } = await actor(chain.chain_id);
      return read.readContract({ address: revenue, abi: revenueAbi, functionName: 'pending', args: [number, beneficiary, token.address as Hex] });
    },
  });
  if (data === undefined) return null;
  return (
    <>
      <div className={styles.line}>
        <span>{listing.shares === null ? 'Waits to be settled into the owner’s vault balance' : 'Waits for the share contract; holders claim it'}</span>
        <span data-testid="pending">
          <Amount base={data.toString()} token={token} />
        </span>
      </div>
      {data > 0n && (
        <div className={styles.buttons}>
          <Do
            label={own ? 'Settle and collect' : 'Settle'}
            look="solid"
            testId="settle"
            chainId={chain.chain_id}
            steps={async () => [{ title: `Settle ${displayName(listing)}`, to: revenue, data: (await orders()).settle(number, beneficiary, token.address as Hex), about: `/listings/${listing.id}/manage` }]}
          />
        </div>
      )}
    </>
  );
}

function Publish({ listing, chain }: ManageProps) {
  const [hash, setHash] = useState<Hex | null>(null);
  const [uri, setUri] = useState('');
  const error = uri === '' ? null : checkUri(uri);
  return (
    <Section title="New version" note={`now v${listing.version}`}>
      <div className={styles.row}>
        <FileHash label="File" onHash={setHash} />
        <TextField label="Where it can be fetched" value={uri} onChange={setUri} error={error} placeholder="https://… or ipfs://…" />
        <div className={styles.buttons}>
          <Do
            label="Publish"
            chainId={chain.chain_id}
            disabled={hash === null || uri === '' || error !== null}
            steps={async () => [
              { title: `Publish version ${listing.version + 1}`, to: chain.contracts['Listings'] as Hex, data: (await orders()).publish(splitId(listing.id).number, hash ?? '0x', [uri]), about: `/listings/${listing.id}` },
            ]}
          />
        </div>
      </div>
    </Section>
  );
}

function State({ listing, chain }: ManageProps) {
  const [sure, setSure] = useState(false);
  const step = (title: string, name: 'pause' | 'resume' | 'retire') => async () => [
    { title, to: chain.contracts['Listings'] as Hex, data: (await orders()).listing(name, splitId(listing.id).number), about: `/listings/${listing.id}/manage` },
  ];
  if (listing.status === 'retired') return null;
  return (
    <Section title="Sales">
      <div className={styles.row}>
        <p className={styles.hint}>Pausing stops new sales until you resume. Retiring stops them for good. What was sold stays valid either way.</p>
        <div className={styles.buttons}>
          {listing.status === 'active' ? (
            <Do label="Pause sales" chainId={chain.chain_id} steps={step('Pause sales', 'pause')} />
          ) : (
            <Do label="Resume sales" look="solid" chainId={chain.chain_id} steps={step('Resume sales', 'resume')} />
          )}
          <Button small look="quiet" onClick={() => setSure((was) => !was)}>
            {sure ? 'Do not retire it' : 'Retire…'}
          </Button>
          {sure && <Do label="Retire for good" chainId={chain.chain_id} steps={step('Retire the listing', 'retire')} />}
        </div>
      </div>
    </Section>
  );
}
