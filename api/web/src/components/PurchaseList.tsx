import { Link } from '@tanstack/react-router';
import { type FocusEvent, type PointerEvent, useState } from 'react';
import type { Purchase } from '../api/types';
import { settle } from '../lib/stable';
import { shortHex } from '../lib/amount';
import { FinalityMark } from './Badge';
import styles from './PurchaseList.module.css';
import { Account, Age, Amount, Count, Hex } from './Value';

interface PurchaseListProps {
  items: Purchase[];
  /** Compact rows fit a side column; `limit` bounds them. */
  compact?: boolean;
  limit?: number;
  /** Leave out the listing's name where the page is about that listing. */
  hideListing?: boolean;
  paused?: boolean;
}

/** Purchases, newest first. Rows hold still while the reader points at them or has focus inside. */
export function PurchaseList({ items, compact = false, limit, hideListing = false, paused = false }: PurchaseListProps) {
  const hold = useHold();
  const held = hold.active || paused;
  const [frozen, setFrozen] = useState<Purchase[] | null>(null);
  const [first] = useState(() => new Set(items.map((item) => item.id)));
  if (held !== (frozen !== null)) setFrozen(held ? items : null);

  const { visible, waiting } = frozen === null ? { visible: items, waiting: 0 } : settle(frozen, items);
  const shown = limit === undefined ? visible : visible.slice(0, limit);
  const oldestNew = shown.findIndex((item) => first.has(item.id));
  return (
    <div className={styles.wrap} {...hold.handlers}>
      <p className={styles.waiting} data-shown={waiting > 0 || undefined} aria-hidden={waiting === 0}>
        {waiting > 0 && `${waiting} new, shown when ${paused ? 'you resume' : 'you move away'}`}
      </p>
      <ol className={styles.list} data-compact={compact || undefined} data-own={hideListing || undefined}>
        {shown.map((purchase, at) => (
          <li
            key={purchase.id}
            className={styles.row}
            data-testid="purchase-row"
            data-purchase-id={purchase.id}
            data-tx={purchase.tx_hash}
            data-new={at < oldestNew || undefined}
          >
            {compact ? (
              <CompactRow purchase={purchase} hideListing={hideListing} />
            ) : (
              <Row purchase={purchase} hideListing={hideListing} />
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

function useHold() {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  return {
    active: pointed || focused,
    handlers: {
      onPointerEnter: (event: PointerEvent) => setPointed(event.pointerType === 'mouse'),
      onPointerLeave: () => setPointed(false),
      onFocus: (event: FocusEvent) => setFocused(event.target.matches(':focus-visible')),
      onBlur: () => setFocused(false),
    },
  };
}

interface RowProps {
  purchase: Purchase;
  hideListing: boolean;
}

function ListingLink({ purchase }: { purchase: Purchase }) {
  const name = purchase.listing_name?.trim();
  return (
    <Link to="/listings/$listingId" params={{ listingId: purchase.listing }} className={styles.listing}>
      <bdi>{name ? name : `Listing ${purchase.listing}`}</bdi>
    </Link>
  );
}

function Quantity({ purchase }: { purchase: Purchase }) {
  if (purchase.quantity === '1') return null;
  return (
    <span className={styles.quantity}>
      × <Count value={purchase.quantity} />
    </span>
  );
}

function CompactRow({ purchase, hideListing }: RowProps) {
  return (
    <>
      <span className={styles.name}>
        {hideListing ? <code title={purchase.payer}>{shortHex(purchase.payer)}</code> : <ListingLink purchase={purchase} />}
      </span>
      <span className={styles.amount}>
        <Amount base={purchase.amount} token={purchase.token} digits={4} free />
      </span>
      <span className={styles.who}>
        {!hideListing && (
          <code title={purchase.payer}>
            <span className="visually-hidden">Buyer </span>
            {shortHex(purchase.payer)}
          </code>
        )}
      </span>
      <span className={styles.when}>
        <FinalityMark finality={purchase.finality} compact />
        <Age time={purchase.block_time} suffix />
      </span>
    </>
  );
}

function Row({ purchase, hideListing }: RowProps) {
  const gift = purchase.recipient.toLowerCase() !== purchase.payer.toLowerCase();
  return (
    <>
      {!hideListing && (
        <span className={styles.name}>
          <ListingLink purchase={purchase} />
          <Quantity purchase={purchase} />
        </span>
      )}
      <span className={styles.amount}>
        <span className="visually-hidden">paid </span>
        <Amount base={purchase.amount} token={purchase.token} digits={6} free />
        {hideListing && <Quantity purchase={purchase} />}
      </span>
      <span className={styles.who}>
        <span className={styles.label}>Buyer</span>
        <Account value={purchase.payer} label="buyer's address" />
        {gift && (
          <span className={styles.gift} title={`For ${purchase.recipient}`}>
            for <Account value={purchase.recipient} label="recipient's address" copy={false} />
          </span>
        )}
      </span>
      <span className={styles.block}>
        <span className={styles.label}>Block</span>
        <Count value={purchase.block_number} />
      </span>
      <span className={styles.tx}>
        <span className={styles.label}>Tx</span>
        <Hex value={purchase.tx_hash} label="transaction hash" />
      </span>
      <span className={styles.when}>
        <FinalityMark finality={purchase.finality} />
        <Age time={purchase.block_time} suffix />
      </span>
    </>
  );
}
