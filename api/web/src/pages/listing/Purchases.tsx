import { usePurchases } from '../../api/queries';
import type { Listing } from '../../api/types';
import { MoreButton } from '../../components/MoreButton';
import { ErrorNotice } from '../../components/Notice';
import { PurchaseList } from '../../components/PurchaseList';
import { RowsSkeleton } from '../../components/RowsSkeleton';
import { Section } from '../../components/Section';
import { Count } from '../../components/Value';
import styles from './Purchases.module.css';

/** Rows reserved before the answer: what the listing's own count says, within reason. */
const MOST_SKELETONS = 8;

export function Purchases({ listing }: { listing: Listing }) {
  const { data, items, error, refetch, ...older } = usePurchases({ listing: listing.id });
  if (data === undefined && !error) {
    const expected = listing.sales.length > 1 ? MOST_SKELETONS : Math.min(MOST_SKELETONS, Math.max(1, Number(listing.sales)));
    return (
      <Section title="Purchases">
        <RowsSkeleton label="Loading purchases" rows={expected} />
      </Section>
    );
  }
  return (
    <Section title="Purchases" note={<Count value={listing.sales} />}>
      {data === undefined && error && <ErrorNotice error={error} what="Purchases" retry={() => void refetch()} />}
      {data !== undefined && items.length === 0 && <p className={styles.empty}>Nobody has bought it yet.</p>}
      {items.length > 0 && (
        <div className={styles.scroll}>
          <PurchaseList items={items} hideListing />
        </div>
      )}
      {older.hasOlder && (
        <div className={styles.more}>
          <MoreButton
            label="Load older"
            loading={older.isLoadingOlder}
            error={older.olderError}
            onClick={older.loadOlder}
          />
        </div>
      )}
    </Section>
  );
}
