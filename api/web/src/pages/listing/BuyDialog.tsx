import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { marketAbi, revenueAbi } from '../../chain/abi';
import type { ChainStatus, Listing, Plan } from '../../api/types';
import { Button, CheckField, TextArea, TextField } from '../../components/Form';
import { Dialog } from '../../components/Dialog';
import { ActionState } from '../../components/TxState';
import { Amount, Count } from '../../components/Value';
import { formatAmount, formatBps, tokenLabel } from '../../lib/amount';
import { displayName } from '../../lib/kinds';
import { readProof } from '../../lib/proof';
import { isAddress, splitId } from '../../lib/parse';
import { day, formatPeriod } from '../../lib/time';
import { actor } from '../../wallet/engine';
import { type Purse, type Source, SOURCE_WORDS, sourcesFor } from '../../wallet/funding';
import { planOrder, proofData } from '../../wallet/orders';
import { askTarget, type Payment, paySteps, purseOf } from '../../wallet/pay';
import { toRefusal } from '../../wallet/refusal';
import { askForWallet, type Hex, useWallet } from '../../wallet/store';
import { useAction } from '../../wallet/useAction';
import styles from './Buy.module.css';

interface BuyDialogProps {
  listing: Listing;
  plan: Plan;
  chain: ChainStatus;
  onClose: () => void;
}

/** Buys from a plan: what it costs and gives, where the money comes from, and how far it is. */
export default function BuyDialog({ listing, plan, chain, onClose }: BuyDialogProps) {
  const free = /^0+$/.test(plan.price);
  const [quantity, setQuantity] = useState('1');
  const [gift, setGift] = useState(false);
  const [recipient, setRecipient] = useState('');
  const [chosen, setChosen] = useState<Source | null>(null);
  const [proofText, setProof] = useState('');
  const { account, chainId } = useWallet();
  const action = useAction();

  const count = /^[1-9]\d{0,9}$/.test(quantity) ? BigInt(quantity) : null;
  const to = gift ? (isAddress(recipient) ? (recipient.trim() as Hex) : null) : account;
  const listed = plan.gate_rule?.kind === 'list';
  const proof = listed && account !== null ? readProof(proofText, account) : null;
  const payment = count === null ? null : paymentOf({ listing, plan, chain, count, to: to ?? account, proof });
  const there = account !== null && chainId === chain.chain_id;
  const terms = useTerms(there && payment !== null ? { account, listing: splitId(listing.id).number, chain, plan, payment, to: to ?? account } : null);
  const sources = terms.data === undefined || payment === null ? [] : sourcesFor(terms.data.purse, payment.amount);
  const source = chosen !== null && sources.includes(chosen) ? chosen : (sources[0] ?? null);
  const bought = action.done;

  const buy = () => {
    if (payment === null || source === null || to === null) return;
    void action.run(chain.chain_id, async (acting) => {
      await askTarget(acting, payment);
      return paySteps(acting, payment, source);
    });
  };

  return (
    <Dialog title={`Buy ${displayName(listing)}`} onClose={onClose}>
      <dl className={styles.sum}>
        <Line name="You get">
          <Gets plan={plan} count={count ?? 1n} />
        </Line>
        {terms.data?.until != null && <Line name="Valid until">{day(new Date(Number(terms.data.until) * 1000).toISOString())}</Line>}
        <Line name="Price" strong>
          {payment === null ? '–' : <Amount base={payment.amount.toString()} token={plan.token} free />}
        </Line>
        {!free && payment !== null && <Fee chain={chain} plan={plan} payment={payment} fee={terms.data?.fee ?? null} />}
      </dl>
      {!free && <TokenWarning plan={plan} chain={chain} />}
      {!bought && (
        <>
          {!free && <TextField label={QUANTITY[plan.kind]} inputMode="numeric" value={quantity} onChange={setQuantity} error={count === null ? 'Write a whole number of at least 1.' : null} />}
          <CheckField label="It is a gift" checked={gift} onChange={setGift} hint="Somebody else gets the pass; you pay." />
          {gift && (
            <TextField
              label="Recipient"
              placeholder="0x…"
              value={recipient}
              onChange={setRecipient}
              error={recipient !== '' && to === null ? 'Write an address: 0x and 40 hexadecimal digits.' : null}
            />
          )}
          {listed && (
            <TextArea
              label="Your proof"
              value={proofText}
              onChange={setProof}
              error={proofText !== '' && account !== null && proof === null ? 'There is no proof for your account in it.' : null}
              hint="This plan sells to a list of accounts. Paste what its provider gave you."
            />
          )}
          {there && terms.data !== undefined && !free && (
            <Sources purse={terms.data.purse} plan={plan} amount={payment?.amount ?? 0n} sources={sources} source={source} choose={setChosen} />
          )}
          {there && terms.data === undefined && terms.error === null && <p className={styles.note}>Reading your balances…</p>}
          {terms.data?.refusal && (
            <p className={styles.refusal} data-testid="refusal">
              {terms.data.refusal}
            </p>
          )}
          {terms.error !== null && <p className={styles.refusal}>{terms.error.message}</p>}
        </>
      )}
      <ActionState action={action} />
      {bought ? (
        <Button look="solid" wide onClick={onClose} data-testid="bought">
          {gift ? 'Done' : 'See how to use it'}
        </Button>
      ) : account === null ? (
        <Button look="solid" wide onClick={() => askForWallet()}>
          Connect a wallet
        </Button>
      ) : !there ? (
        <WrongNetwork chain={chain} at={chainId} />
      ) : (
        <Button look="solid" wide data-testid="confirm-buy" disabled={action.busy || source === null || to === null || terms.data?.refusal != null || action.sent.some(({ state }) => state === 'sent' || state === 'mined')} onClick={buy}>
          {action.busy ? 'Under way…' : free ? 'Get it' : payment === null ? 'Buy' : `Pay ${payment.amountWords}`}
        </Button>
      )}
      <p className={styles.note}>There are no refunds. If the plan changes before your purchase is in a block, nothing is bought and only gas is spent.</p>
    </Dialog>
  );
}

const QUANTITY: Record<Plan['kind'], string> = { licence: 'Licences', subscription: 'Periods', credits: 'Packs' };

export function WrongNetwork({ chain, at }: { chain: ChainStatus; at: number | null }) {
  const [error, setError] = useState<string | null>(null);
  return (
    <div className={styles.wrong} data-testid="wrong-network">
      <p>
        Your wallet is on network {at ?? 'unknown'}. This is on <strong>{chain.name}</strong> (network {chain.chain_id}).
      </p>
      {error !== null && <p className={styles.refusal}>{error}</p>}
      <Button look="solid" wide onClick={() => void actor(chain.chain_id).catch((thrown: unknown) => setError(toRefusal(thrown).message))}>
        Switch to {chain.name}
      </Button>
    </div>
  );
}

interface Ordered {
  listing: Listing;
  plan: Plan;
  chain: ChainStatus;
  count: bigint;
  to: Hex | null;
  /** Of the payer being on the plan's list. */
  proof: Hex[] | null;
}

function paymentOf({ listing, plan, chain, count, to, proof }: Ordered): Payment | null {
  const { Vault: vault, Market: target } = chain.contracts;
  if (vault === undefined || target === undefined) return null;
  const amount = BigInt(plan.price) * count;
  // Before a wallet is connected the recipient is not known; nothing is sent then.
  const recipient = to ?? '0x0000000000000000000000000000000000000001';
  return {
    vault: vault as Hex,
    target: target as Hex,
    token: plan.token.address as Hex,
    amount,
    amountWords: `${formatAmount(amount.toString(), plan.token.decimals ?? 0).text} ${tokenLabel(plan.token)}`,
    data: planOrder(splitId(plan.id).number, plan.version, count, recipient, proof === null ? '0x' : proofData(proof)),
    title: `Buy ${displayName(listing)}`,
    about: `/listings/${listing.id}`,
  };
}

interface Terms {
  purse: Purse;
  fee: bigint;
  until: bigint | null;
  refusal: string | null;
}

/** What the contracts say of the purchase as it would be made now. */
function useTerms(wanted: { account: Hex; listing: bigint; chain: ChainStatus; plan: Plan; payment: Payment; to: Hex } | null) {
  return useQuery({
    queryKey: ['terms', wanted?.account, wanted?.payment.data],
    enabled: wanted !== null,
    placeholderData: keepPreviousData,
    queryFn: async (): Promise<Terms> => {
      if (wanted === null) throw new Error('nothing is wanted');
      const { chain, plan, payment, to } = wanted;
      const acting = await actor(chain.chain_id);
      const { read } = acting;
      const [purse, split, expiry, refusal] = await Promise.all([
        purseOf(acting, payment.vault, payment.token),
        read.readContract({
          address: chain.contracts['Revenue'] as Hex,
          abi: revenueAbi,
          functionName: 'saleTerms',
          args: [wanted.listing, payment.amount, plan.tier_discount],
        }),
        plan.period === null
          ? null
          : read.readContract({ address: payment.target, abi: marketAbi, functionName: 'expiresAt', args: [to, splitId(plan.id).number] }),
        askTarget(acting, payment).then(
          () => null,
          (error: Error) => error.message,
        ),
      ]);
      const now = BigInt(Math.floor(Date.now() / 1000));
      const quantity = BigInt(plan.price) === 0n ? 1n : payment.amount / BigInt(plan.price);
      const until = expiry === null || plan.period === null ? null : (expiry > now ? expiry : now) + BigInt(plan.period) * quantity;
      return { purse, fee: split.fee, until: expiry === null ? null : until, refusal };
    },
  });
}

function Gets({ plan, count }: { plan: Plan; count: bigint }) {
  if (plan.units != null) {
    return (
      <>
        <Count value={(BigInt(plan.units) * count).toString()} /> × <bdi>{plan.unit}</bdi>
      </>
    );
  }
  if (plan.period != null) return <>{count === 1n ? formatPeriod(plan.period) : `${count} × ${formatPeriod(plan.period)}`} of access</>;
  return <>{count === 1n ? 'a licence for good' : `${count} licences for good`}</>;
}

function Fee({ chain, plan, payment, fee }: { chain: ChainStatus; plan: Plan; payment: Payment; fee: bigint | null }) {
  const bps = chain.protocol?.fee_bps ?? 0;
  const shown = fee ?? (payment.amount * BigInt(bps)) / 10_000n;
  return (
    <Line name={`Of it protocol fee, ${fee === null ? 'at most ' : ''}${formatBps(bps)}`}>
      <Amount base={shown.toString()} token={plan.token} />
    </Line>
  );
}

export function Line({ name, strong = false, children }: { name: string; strong?: boolean; children: ReactNode }) {
  return (
    <div className={styles.line} data-strong={strong || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Anyone may make a token and call it as they like. Those of the deployment itself are known. */
export function TokenWarning({ plan, chain }: { plan: Pick<Plan, 'token'>; chain: ChainStatus }) {
  const own = Object.values(chain.contracts).some((address) => address.toLowerCase() === plan.token.address.toLowerCase());
  if (own) return null;
  return (
    <p className={styles.warning} data-testid="unknown-token">
      The deployment does not know this token. Anyone can make one and name it as they like: compare its address,{' '}
      <code>{plan.token.address}</code>.
    </p>
  );
}

interface SourcesProps {
  purse: Purse;
  plan: Pick<Plan, 'token'>;
  amount: bigint;
  sources: Source[];
  source: Source | null;
  choose: (source: Source) => void;
}

export function Sources({ purse, plan, amount, sources, source, choose }: SourcesProps) {
  const { token } = plan;
  if (sources.length === 0) {
    return (
      <p className={styles.refusal} data-testid="too-little">
        You need <Amount base={amount.toString()} token={token} /> in one place. Your vault balance has{' '}
        <Amount base={purse.vault.toString()} token={token} />, your wallet <Amount base={purse.wallet.toString()} token={token} />. Get more of{' '}
        {tokenLabel(token)}, or deposit what you have in the Vault.
      </p>
    );
  }
  return (
    <fieldset className={styles.sources}>
      <legend>Pay from</legend>
      {sources.map((each) => (
        <label key={each} className={styles.source}>
          <input type="radio" name="source" value={each} checked={each === source} onChange={() => choose(each)} />
          <span>
            {SOURCE_WORDS[each].name}
            <span className={styles.how}>{SOURCE_WORDS[each].how}</span>
          </span>
          <span className={styles.has}>
            <Amount base={(each === 'balance' ? purse.vault : each === 'native' ? (purse.coin ?? 0n) : purse.wallet).toString()} token={token} digits={4} />
          </span>
        </label>
      ))}
    </fieldset>
  );
}

