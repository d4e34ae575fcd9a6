import { useQueries } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { listingQuery } from '../../api/queries';
import type { Listing, Token } from '../../api/types';
import { KindTile } from '../../components/Badge';
import { SelectField } from '../../components/Form';
import { Notice } from '../../components/Notice';
import { Section } from '../../components/Section';
import { Skeleton } from '../../components/Skeleton';
import { formatAmount, tokenLabel } from '../../lib/amount';
import { saveText, toCsv } from '../../lib/csv';
import { displayName } from '../../lib/kinds';
import { RANGES, type Range } from '../market/search';
import { AddListing } from './AddListing';
import styles from './ComparePage.module.css';
import { ComparedCharts } from './ComparedCharts';
import { FACTS } from './facts';
import { type CompareSearch, idsOf, MOST, readCompareSearch } from './search';

const RANGE_LABEL: Record<Range, string> = { day: '24 hours', week: '7 days', month: '30 days', quarter: '90 days', year: 'a year' };

export function ComparePage() {
  const search = useSearch({ from: '/compare' });
  const ids = idsOf(search);
  const answers = useQueries({ queries: ids.map((id) => listingQuery(id)) });
  const listings = answers.flatMap(({ data }) => data ?? []);
  const missing = ids.filter((_, at) => answers[at]?.error != null && answers[at]?.data === undefined);
  const waiting = answers.some(({ isPending }) => isPending);
  const navigate = useNavigate({ from: '/compare' });
  const go = (next: CompareSearch) => void navigate({ search: readCompareSearch({ ...next }), replace: true, resetScroll: false });
  return (
    <>
      <title>Compare · Stoa</title>
      <header className={styles.header}>
        <h1 className={styles.heading}>Compare</h1>
        <p className={styles.lead}>Up to {MOST} listings side by side. The address of this page shows the same to whoever opens it.</p>
      </header>
      {ids.length < MOST && <AddListing taken={ids} add={(id) => go({ ...search, ids: [...ids, id].join(',') })} />}
      {missing.map((id) => (
        <Notice key={id} tone="bad" title={`Listing ${id} could not be read`} action={<Remove id={id} ids={ids} search={search} />} />
      ))}
      {ids.length === 0 && <Notice title="Nothing to compare yet">Find a listing above, or choose “Compare” on a listing’s page.</Notice>}
      {waiting && listings.length === 0 && <Skeleton height={420} />}
      {listings.length > 0 && (
        <>
          <Facts listings={listings} ids={ids} search={search} />
          <Charts listings={listings} search={search} go={go} />
        </>
      )}
    </>
  );
}

function without(ids: readonly string[], id: string): string {
  return ids.filter((each) => each !== id).join(',');
}

function Remove({ id, ids, search }: { id: string; ids: readonly string[]; search: CompareSearch }) {
  return (
    <Link to="/compare" search={readCompareSearch({ ...search, ids: without(ids, id) })} replace resetScroll={false} className={styles.remove}>
      Remove<span className="visually-hidden"> listing {id}</span>
    </Link>
  );
}

function Facts({ listings, ids, search }: { listings: Listing[]; ids: string[]; search: CompareSearch }) {
  const save = () =>
    saveText(
      'listings.csv',
      toCsv(
        ['', ...listings.map((listing) => displayName(listing))],
        [['id', ...listings.map(({ id }) => id)], ...FACTS.map(({ name, text }) => [name, ...listings.map((listing) => text(listing))])],
      ),
    );
  return (
    <Section
      title="Side by side"
      note={
        <button type="button" className={styles.csv} onClick={save}>
          CSV
        </button>
      }
    >
      {/* What scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={styles.scroll} tabIndex={0} aria-label="Facts of each">
        <table className={styles.table} data-testid="compared">
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">What</span>
              </th>
              {listings.map((listing) => (
                <th key={listing.id} scope="col" data-kind={listing.kind}>
                  <span className={styles.top}>
                    <KindTile kind={listing.kind} />
                    <Remove id={listing.id} ids={ids} search={search} />
                  </span>
                  <Link to="/listings/$listingId" params={{ listingId: listing.id }} className={styles.name}>
                    <bdi>{displayName(listing)}</bdi>
                  </Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {FACTS.map(({ name, text }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {listings.map((listing) => (
                  <td key={listing.id}>{text(listing) || '–'}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  );
}

/** Tokens that any of them was sold for. */
function tokensOf(listings: readonly Listing[]): Token[] {
  const tokens = listings.flatMap(({ revenue }) => revenue.filter(({ sales }) => sales !== '0').map(({ token }) => token));
  return [...new Map(tokens.map((token) => [token.address.toLowerCase(), token])).values()];
}

function Charts({ listings, search, go }: { listings: Listing[]; search: CompareSearch; go: (next: CompareSearch) => void }) {
  const tokens = tokensOf(listings);
  const token = tokens.find(({ address }) => address.toLowerCase() === search.token?.toLowerCase()) ?? tokens[0];
  if (token === undefined) return null;
  const range = search.range ?? 'month';
  return (
    <section className={styles.charts} aria-label="Over time">
      <div className={styles.controls}>
        <SelectField label="Range" value={range} onChange={(next) => go({ ...search, range: next as Range })}>
          {RANGES.map((each) => (
            <option key={each} value={each}>
              {RANGE_LABEL[each]}
            </option>
          ))}
        </SelectField>
        <SelectField label="Paid in" value={token.address} onChange={(next) => go({ ...search, token: next })}>
          {tokens.map((each) => (
            <option key={each.address} value={each.address}>
              {tokenLabel(each)}
            </option>
          ))}
        </SelectField>
      </div>
      <ComparedCharts listings={listings} range={range} token={token} />
      <p className={styles.note}>All have the same measure: equal heights are equal amounts. {formatNote(token)}</p>
    </section>
  );
}

function formatNote(token: Token): string {
  return token.decimals == null ? '' : `The smallest unit is ${formatAmount('1', token.decimals).text} ${tokenLabel(token)}.`;
}
