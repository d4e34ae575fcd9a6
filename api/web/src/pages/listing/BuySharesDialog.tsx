import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ChainStatus, Listing, ShareSale } from '../../api/types';
import { Dialog } from '../../components/Dialog';
import { Button, TextField } from '../../components/Form';
import { ActionState } from '../../components/TxState';
import { Amount } from '../../components/Value';
import { formatAmount, tokenLabel } from '../../lib/amount';
import { splitId } from '../../lib/parse';
import { shareToken } from '../../lib/shares';
import { actor } from '../../wallet/engine';
import { type Source, sourcesFor } from '../../wallet/funding';
import { shareOrder } from '../../wallet/orders';
import { askTarget, type Payment, paySteps, purseOf } from '../../wallet/pay';
import { askForWallet, type Hex, useWallet } from '../../wallet/store';
import { useAction } from '../../wallet/useAction';
import { Line, Sources, TokenWarning, WrongNetwork } from './BuyDialog';
import styles from './Buy.module.css';

interface BuySharesProps {
  listing: Listing;
  sale: ShareSale;
  chain: ChainStatus;
  onClose: () => void;
}

/** Buys lots of shares that somebody offers. */
export default function BuySharesDialog({ listing, sale, chain, onClose }: BuySharesProps) {
  const [quantity, setQuantity] = useState('1');
  const [chosen, setChosen] = useState<Source | null>(null);
  const { account, chainId } = useWallet();
  const action = useAction();
  const count = /^[1-9]\d{0,14}$/.test(quantity) ? BigInt(quantity) : null;
  const there = account !== null && chainId === chain.chain_id;
  const payment = count === null || account === null ? null : paymentOf({ listing, sale, chain, count, account });
  const terms = useTerms(there ? payment : null, chain.chain_id, account);
  const sources = terms.data === undefined || payment === null ? [] : sourcesFor(terms.data.purse, payment.amount);
  const source = chosen !== null && sources.includes(chosen) ? chosen : (sources[0] ?? null);
  const { shares } = listing;
  if (shares == null) return null;
  const total = (count ?? 0n) * BigInt(sale.lot);
  const underWay = action.busy || action.sent.some(({ state }) => state === 'sent' || state === 'mined');

  const buy = () => {
    if (payment === null || source === null) return;
    void action.run(chain.chain_id, async (acting) => {
      await askTarget(acting, payment);
      return paySteps(acting, payment, source);
    });
  };

  return (
    <Dialog title={`Buy ${shares.symbol}`} onClose={onClose}>
      <dl className={styles.sum}>
        <Line name="You get">
          <Amount base={total.toString()} token={shareToken(shares)} />
        </Line>
        <Line name="Price" strong>
          <Amount base={((count ?? 0n) * BigInt(sale.price)).toString()} token={sale.token} free />
        </Line>
      </dl>
      <TokenWarning plan={sale} chain={chain} />
      {!action.done && <TextField label="Lots" inputMode="numeric" value={quantity} onChange={setQuantity} error={count === null ? 'Write a whole number of at least 1.' : null} />}
      {!action.done && there && terms.data !== undefined && BigInt(sale.price) > 0n && (
        <Sources purse={terms.data.purse} plan={sale} amount={payment?.amount ?? 0n} sources={sources} source={source} choose={setChosen} />
      )}
      {!action.done && terms.data?.refusal && (
        <p className={styles.refusal} data-testid="refusal">
          {terms.data.refusal}
        </p>
      )}
      {terms.error !== null && <p className={styles.refusal}>{terms.error.message}</p>}
      <ActionState action={action} />
      {action.done ? (
        <Button look="solid" wide onClick={onClose} data-testid="bought">
          Done
        </Button>
      ) : account === null ? (
        <Button look="solid" wide onClick={() => askForWallet()}>
          Connect a wallet
        </Button>
      ) : !there ? (
        <WrongNetwork chain={chain} at={chainId} />
      ) : (
        <Button look="solid" wide data-testid="confirm-buy" disabled={underWay || source === null || terms.data?.refusal != null} onClick={buy}>
          {underWay ? 'Under way…' : payment === null ? 'Buy' : `Pay ${payment.amountWords}`}
        </Button>
      )}
      <p className={styles.note}>The shares come out of the seller’s wallet, and earn for you from then on. What they earned before stays the seller’s.</p>
    </Dialog>
  );
}

interface Wanted {
  listing: Listing;
  sale: ShareSale;
  chain: ChainStatus;
  count: bigint;
  account: Hex;
}

function paymentOf({ listing, sale, chain, count, account }: Wanted): Payment | null {
  const { Vault: vault, Market: target } = chain.contracts;
  if (vault === undefined || target === undefined) return null;
  const amount = BigInt(sale.price) * count;
  return {
    vault: vault as Hex,
    target: target as Hex,
    token: sale.token.address as Hex,
    amount,
    amountWords: `${formatAmount(amount.toString(), sale.token.decimals ?? 0).text} ${tokenLabel(sale.token)}`,
    data: shareOrder(splitId(sale.id).number, count, account),
    title: `Buy ${listing.shares?.symbol ?? 'shares'}`,
    about: '/portfolio',
  };
}

/** What the contracts say of the purchase as it would be made now. */
function useTerms(payment: Payment | null, chainId: number, account: Hex | null) {
  return useQuery({
    queryKey: ['share-terms', account, payment?.data],
    enabled: payment !== null,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      if (payment === null) throw new Error('nothing is wanted');
      const acting = await actor(chainId);
      const refusal = askTarget(acting, payment).then(
        () => null,
        (error: Error) => error.message,
      );
      const [purse, refused] = await Promise.all([purseOf(acting, payment.vault, payment.token), refusal]);
      return { purse, refusal: refused };
    },
  });
}
