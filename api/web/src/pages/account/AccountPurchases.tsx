import { usePurchases } from '../../api/queries';
import { MoreButton } from '../../components/MoreButton';
import { ErrorNotice } from '../../components/Notice';
import { PurchaseList } from '../../components/PurchaseList';
import { RowsSkeleton } from '../../components/RowsSkeleton';
import { Section } from '../../components/Section';
import styles from './AccountPage.module.css';

/** What the account paid for or was given, newest first. */
export function AccountPurchases({ address }: { address: string }) {
  const { data, items, error, refetch, ...older } = usePurchases({ account: address });
  if (data === undefined && error) {
    return <ErrorNotice error={error} what="Its purchases" retry={() => void refetch()} />;
  }
  return (
    <>
      <Section title="Purchases" note="paid for or received">
        {data === undefined && <RowsSkeleton label="Loading purchases" rows={4} />}
        {data !== undefined && items.length === 0 && <p className={styles.empty}>It took part in no purchase.</p>}
        {items.length > 0 && <PurchaseList items={items} />}
      </Section>
      {older.hasOlder && (
        <MoreButton
          label="Load older"
          loading={older.isLoadingOlder}
          error={older.olderError}
          onClick={older.loadOlder}
        />
      )}
    </>
  );
}
