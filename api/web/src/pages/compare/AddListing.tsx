import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { getListings } from '../../api/client';
import { KindTile } from '../../components/Badge';
import { TextField } from '../../components/Form';
import { displayName } from '../../lib/kinds';
import styles from './ComparePage.module.css';

const SHOWN = 6;

/** Finds a listing as one types, and adds it. */
export function AddListing({ taken, add }: { taken: readonly string[]; add: (id: string) => void }) {
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const { data = [] } = useQuery({
    queryKey: ['found', q],
    enabled: q !== '',
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const byId = /^\d+-\d+$/.test(q);
      return (await getListings(byId ? { ids: q } : { q: q.slice(0, 200), limit: SHOWN + taken.length }, signal)).data;
    },
  });
  const found = q === '' ? [] : data.filter(({ id }) => !taken.includes(id)).slice(0, SHOWN);
  return (
    <search className={styles.add}>
      <TextField label="Add a listing" type="search" maxLength={200} placeholder="Name, words, or an id such as 31337-4" value={typed} onChange={setTyped} />
      {found.length > 0 && (
        <ul className={styles.found} aria-label="Found">
          {found.map((listing) => (
            <li key={listing.id} data-kind={listing.kind}>
              <button
                type="button"
                className={styles.option}
                data-testid="add-listing"
                onClick={() => {
                  setTyped('');
                  add(listing.id);
                }}
              >
                <KindTile kind={listing.kind} />
                <bdi>{displayName(listing)}</bdi>
                <span className={styles.note}>{listing.id}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </search>
  );
}
