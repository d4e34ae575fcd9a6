import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { statusQuery } from '../../api/queries';
import type { Listing, ShareSale, Shares as ShareContract } from '../../api/types';
import { Do } from '../../components/Do';
import { Button } from '../../components/Form';
import { Section } from '../../components/Section';
import { Account, Amount, Count, Hex } from '../../components/Value';
import { Window } from '../../components/Window';
import { formatBps } from '../../lib/amount';
import { splitId } from '../../lib/parse';
import { shareToken } from '../../lib/shares';
import { type Hex as Address, useWallet } from '../../wallet/store';
import styles from './Shares.module.css';

const BuySharesDialog = lazy(() => import('./BuySharesDialog'));

/** Who shares the listing's revenue, what the shares earned, and where some are to be had. */
export function Shares({ listing }: { listing: Listing }) {
  const { shares, share_sales: sales } = listing;
  if (shares == null) return null;
  return (
    <Section title="Revenue shares" note={<bdi>{shares.symbol}</bdi>}>
      <dl className={styles.facts} data-testid="shares">
        <dt>Name</dt>
        <dd>
          <bdi>{shares.name}</bdi>
        </dd>
        <dt>Contract</dt>
        <dd>
          <Hex value={shares.share} label="share contract's address" />
        </dd>
        <dt>Supply</dt>
        <dd>
          <Amount base={shares.supply} token={shareToken(shares)} digits={4} />
        </dd>
        <dt>Holders</dt>
        <dd>
          <Count value={shares.holders} />
        </dd>
        <dt>Earn</dt>
        <dd>{formatBps(shares.own_bps)} of its revenue</dd>
      </dl>
      {shares.tokens.map((token) => (
        <dl key={token.token.address} className={styles.facts}>
          <dt>Earned</dt>
          <dd className={styles.strong}>
            <Amount base={token.earned} token={token.token} />
          </dd>
          <dt>Claimed</dt>
          <dd>
            <Amount base={token.claimed} token={token.token} />
          </dd>
        </dl>
      ))}
      {sales.length > 0 && (
        <ul aria-label="Shares for sale">
          {sales.map((sale) => (
            <Sale key={sale.id} listing={listing} sale={sale} shares={shares} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Sale({ listing, sale, shares }: { listing: Listing; sale: ShareSale; shares: ShareContract }) {
  return (
    <li className={styles.sale} data-testid="share-sale">
      <p className={styles.price}>
        <Amount base={sale.price} token={sale.token} free />
      </p>
      <p className={styles.terms}>
        for <Amount base={sale.lot} token={shareToken(shares)} /> · sale {sale.id}
        {!sale.on_sale && <span className={styles.state}> · not on sale now</span>}
      </p>
      <p className={styles.terms}>
        by <Account value={sale.seller} label="seller's address" /> · <Count value={sale.sold} />
        {sale.cap != null && (
          <>
            {' '}
            of <Count value={sale.cap} />
          </>
        )}{' '}
        lots sold
      </p>
      <Window from={sale.sells_from} until={sale.sells_until} className={styles.terms} />
      <Take listing={listing} sale={sale} />
    </li>
  );
}

/** Buyers buy; the seller may end it. */
function Take({ listing, sale }: { listing: Listing; sale: ShareSale }) {
  const [open, setOpen] = useState(false);
  const { account } = useWallet();
  const { data } = useQuery(statusQuery());
  const chain = data?.data.chains.find(({ chain_id }) => chain_id === listing.chain_id);
  if (chain === undefined) return null;
  if (account?.toLowerCase() === sale.seller.toLowerCase()) {
    const steps = async () => {
      const { calls } = await import('../../wallet/orders');
      return [{ title: `End offer ${sale.id}`, to: chain.contracts['Market'] as Address, data: calls.closeShareSale(splitId(sale.id).number), about: `/listings/${listing.id}` }];
    };
    return <Do label="End this offer" chainId={chain.chain_id} testId="end-offer" steps={steps} />;
  }
  if (!sale.on_sale) return null;
  return (
    <>
      <Button small data-testid="buy-shares" onClick={() => setOpen(true)}>
        Buy shares
      </Button>
      {open && (
        <Suspense fallback={null}>
          <BuySharesDialog listing={listing} sale={sale} chain={chain} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
