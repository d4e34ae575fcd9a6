import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { spendingsQuery } from '../../api/queries';
import type { Spending } from '../../api/types';
import { MoreButton } from '../../components/MoreButton';
import { Section } from '../../components/Section';
import { Count, Hex } from '../../components/Value';
import { fullTime, day } from '../../lib/time';
import styles from './AccountPage.module.css';

/** What became of the account's credits, newest first; nothing where none was spent. */
export function Spendings({ address }: { address: string }) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(spendingsQuery(address));
  const items = data?.pages.flatMap((page) => page.data) ?? [];
  if (items.length === 0) return null;
  return (
    <>
      <Section title="Spent credits">
        <ul>
          {items.map((spending) => (
            <Row key={spending.id} spending={spending} />
          ))}
        </ul>
      </Section>
      {hasNextPage && (
        <MoreButton
          label="Load older"
          loading={isFetchingNextPage}
          error={error}
          onClick={() => void fetchNextPage()}
        />
      )}
    </>
  );
}

function Row({ spending }: { spending: Spending }) {
  const name = spending.listing_name?.trim();
  return (
    <li className={styles.row} data-testid="spending">
      <p className={styles.top}>
        <Link to="/listings/$listingId" params={{ listingId: spending.listing }}>
          <bdi>{name ? name : `Listing ${spending.listing}`}</bdi>
        </Link>
        <span>
          <Count value={spending.units} /> × <bdi>{spending.unit}</bdi>
        </span>
      </p>
      <p className={styles.terms}>
        <time dateTime={spending.block_time} title={fullTime(spending.block_time)}>
          {day(spending.block_time)}
        </time>{' '}
        · <Count value={spending.remaining} /> left
        {spending.spender.toLowerCase() !== spending.holder.toLowerCase() && (
          <>
            {' '}
            · by order, to <Hex value={spending.spender} label="spender's address" />
          </>
        )}
      </p>
    </li>
  );
}
