import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { facetsQuery } from '../../api/queries';
import type { Kind } from '../../api/types';
import { ChevronIcon, KindIcon } from '../../components/icons';
import { KIND_LABEL, KINDS, STATUSES } from '../../lib/kinds';
import styles from './Filters.module.css';
import { type Detail, DETAILS, type GallerySearch, readGallerySearch, toFilter } from './search';

/** Kind, status and order. Each choice is an address, so links, back and reload all work. */
export function Filters({ search }: { search: GallerySearch }) {
  const { data: facets } = useQuery(facetsQuery(toFilter(search)));
  const count = (facet: string, value: string | undefined) => {
    const values = facets?.[facet];
    if (values === undefined) return null;
    if (value === undefined) return values.reduce((sum, each) => sum + each.count, 0);
    return values.find((each) => each.value === value)?.count ?? 0;
  };
  return (
    <div className={styles.filters}>
      <nav className={styles.kinds} aria-label="Kind">
        <KindLink search={search} kind={undefined} count={count('kind', undefined)} />
        {KINDS.map((kind) => (
          <KindLink key={kind} search={search} kind={kind} count={count('kind', kind)} />
        ))}
      </nav>
      <div className={styles.selects}>
        <SearchBox search={search} />
        <LicenceSelect search={search} licences={facets?.['licence'] ?? []} />
        <StatusSelect search={search} />
        <SortSelect search={search} />
      </div>
      <Tags search={search} tags={facets?.['tag'] ?? []} />
      <Details search={search} facets={facets ?? {}} />
    </div>
  );
}

function without(search: GallerySearch, key: keyof GallerySearch): GallerySearch {
  const rest = { ...search };
  delete rest[key];
  return rest;
}

function KindLink({ search, kind, count }: { search: GallerySearch; kind: Kind | undefined; count: number | null }) {
  const chosen = search.kind === kind;
  return (
    <Link
      to="/"
      search={kind === undefined ? without(search, 'kind') : { ...search, kind }}
      resetScroll={false}
      replace
      className={styles.kind}
      data-kind={kind}
      data-chosen={chosen || undefined}
      aria-current={chosen ? 'true' : undefined}
      activeProps={{}}
      activeOptions={{ exact: true, explicitUndefined: true }}
    >
      {kind !== undefined && <KindIcon kind={kind} size={16} />}
      {kind === undefined ? 'All' : KIND_LABEL[kind].many}
      <span className={styles.count}>{count ?? ''}</span>
    </Link>
  );
}

/** A pause in typing that is long enough to look. */
const TYPING_MS = 250;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Words to find listings by, and the tag that was chosen. */
function SearchBox({ search }: { search: GallerySearch }) {
  const navigate = useNavigate({ from: '/' });
  const [typed, setTyped] = useState<string | null>(null);
  const go = (next: Record<string, unknown>) =>
    void navigate({ search: readGallerySearch(next), replace: true, resetScroll: false });
  return (
    <search className={styles.search}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go({ ...search, q: new FormData(event.currentTarget).get('q') });
        }}
      >
        <label>
          <span className="visually-hidden">Search listings</span>
          <input
            type="search"
            name="q"
            maxLength={200}
            placeholder="Search"
            value={typed ?? search.q ?? ''}
            onChange={(event) => {
              setTyped(event.target.value);
              clearTimeout(timer);
              timer = setTimeout(() => go({ ...search, q: event.target.value }), TYPING_MS);
            }}
            onBlur={() => setTyped(null)}
          />
        </label>
        {search.tag !== undefined && (
          <button type="button" aria-label={`Remove tag ${search.tag}`} onClick={() => go(without(search, 'tag') as Record<string, unknown>)}>
            {search.tag} ×
          </button>
        )}
      </form>
    </search>
  );
}

interface Value {
  value: string;
  count: number;
}

/** The most frequent tags among what is shown; each is an address. */
function Tags({ search, tags }: { search: GallerySearch; tags: Value[] }) {
  return (
    <ul className={styles.tags} aria-label="Tags">
      <li>
        <Link
          to="/"
          search={search.free ? without(search, 'free') : { ...search, free: true }}
          replace
          resetScroll={false}
          className={styles.tag}
          data-chosen={search.free || undefined}
          activeProps={{}}
        >
          Free
        </Link>
      </li>
      {tags.slice(0, TAGS_SHOWN).map(({ value, count }) => (
        <li key={value}>
          <Link
            to="/"
            search={search.tag === value ? without(search, 'tag') : { ...search, tag: value }}
            replace
            resetScroll={false}
            className={styles.tag}
            data-chosen={search.tag === value || undefined}
            activeProps={{}}
          >
            {value} <span className={styles.count}>{count}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

const TAGS_SHOWN = 12;

function LicenceSelect({ search, licences }: { search: GallerySearch; licences: Value[] }) {
  const navigate = useNavigate({ from: '/' });
  const shown = licences.filter(({ value }) => value !== '');
  const known = search.licence === undefined || shown.some(({ value }) => value === search.licence);
  return (
    <Select
      label="Licence"
      value={search.licence ?? ''}
      onChange={(licence) => void navigate({ search: readGallerySearch({ ...search, licence }), replace: true, resetScroll: false })}
    >
      <option value="">Any licence</option>
      {!known && <option value={search.licence}>{search.licence}</option>}
      {shown.map(({ value, count }) => (
        <option key={value} value={value}>
          {value} ({count})
        </option>
      ))}
    </Select>
  );
}

const DETAIL_LABEL: Record<Detail, string> = { task: 'Task', framework: 'Framework', sector: 'Sector', modality: 'Kind of data', resource_class: 'Machines' };

/** One list for each detail that any listing here tells. */
function Details({ search, facets }: { search: GallerySearch; facets: Record<string, Value[]> }) {
  const navigate = useNavigate({ from: '/' });
  const told = DETAILS.filter((detail) => search[detail] !== undefined || (facets[detail] ?? []).length > 0);
  if (told.length === 0) return null;
  return (
    <details className={styles.more} open={DETAILS.some((detail) => search[detail] !== undefined)}>
      <summary>More filters</summary>
      <div className={styles.selects}>
        {told.map((detail) => {
          const values = facets[detail] ?? [];
          const chosen = search[detail];
          return (
            <Select
              key={detail}
              label={DETAIL_LABEL[detail]}
              value={chosen ?? ''}
              onChange={(value) => void navigate({ search: readGallerySearch({ ...search, [detail]: value }), replace: true, resetScroll: false })}
            >
              <option value="">{DETAIL_LABEL[detail]}: any</option>
              {chosen !== undefined && !values.some(({ value }) => value === chosen) && <option value={chosen}>{chosen}</option>}
              {values.map(({ value, count }) => (
                <option key={value} value={value}>
                  {value} ({count})
                </option>
              ))}
            </Select>
          );
        })}
      </div>
    </details>
  );
}

function StatusSelect({ search }: { search: GallerySearch }) {
  const navigate = useNavigate({ from: '/' });
  return (
    <Select
      label="Status"
      value={search.status ?? ''}
      onChange={(status) =>
        void navigate({ search: readGallerySearch({ ...search, status }), replace: true, resetScroll: false })
      }
    >
      <option value="">Any status</option>
      {STATUSES.map((status) => (
        <option key={status} value={status}>
          {status.charAt(0).toUpperCase() + status.slice(1)}
        </option>
      ))}
    </Select>
  );
}

function SortSelect({ search }: { search: GallerySearch }) {
  const navigate = useNavigate({ from: '/' });
  return (
    <Select
      label="Order"
      value={search.sort ?? (search.q === undefined ? 'newest' : '')}
      onChange={(sort) =>
        void navigate({ search: readGallerySearch({ ...search, sort }), replace: true, resetScroll: false })
      }
    >
      {search.q !== undefined && <option value="">Best match</option>}
      <option value="newest">Newest</option>
      <option value="oldest">Oldest</option>
      <option value="trending">Trending</option>
      <option value="buyers">Most buyers</option>
    </Select>
  );
}

interface SelectProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: React.ReactNode;
}

function Select({ label, value, onChange, children }: SelectProps) {
  return (
    <label className={styles.select}>
      <span className="visually-hidden">{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
      <ChevronIcon />
    </label>
  );
}
