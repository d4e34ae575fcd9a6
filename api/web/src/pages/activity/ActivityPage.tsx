import { useState } from 'react';
import { usePurchases } from '../../api/queries';
import { PauseIcon, PlayIcon } from '../../components/icons';
import { MoreButton } from '../../components/MoreButton';
import { ErrorNotice, Notice } from '../../components/Notice';
import { PurchaseList } from '../../components/PurchaseList';
import { RowsSkeleton } from '../../components/RowsSkeleton';
import styles from './ActivityPage.module.css';

export function ActivityPage() {
  const [paused, setPaused] = useState(false);
  return (
    <>
      <title>Activity · Stoa</title>
      <header className={styles.header}>
        <div className={styles.intro}>
          <h1 className={styles.heading}>Activity</h1>
          <p className={styles.lead}>Every purchase, as its block is indexed.</p>
        </div>
        <button
          type="button"
          className={styles.pause}
          aria-pressed={paused}
          onClick={() => setPaused((was) => !was)}
        >
          {paused ? <PlayIcon /> : <PauseIcon />}
          {paused ? 'Resume' : 'Pause'}
        </button>
      </header>
      <Purchases paused={paused} />
    </>
  );
}

function Purchases({ paused }: { paused: boolean }) {
  const { data, items, error, refetch, ...older } = usePurchases({});
  if (data === undefined && error) {
    return <ErrorNotice error={error} what="Purchases" retry={() => void refetch()} />;
  }
  if (data === undefined) {
    return (
      <div className={styles.panel}>
        <RowsSkeleton label="Loading purchases" rows={12} />
      </div>
    );
  }
  if (items.length === 0) {
    return <Notice title="Nothing has been bought yet">The first purchase appears here without a reload.</Notice>;
  }
  return (
    <>
      <div className={styles.panel}>
        <PurchaseList items={items} paused={paused} />
      </div>
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
