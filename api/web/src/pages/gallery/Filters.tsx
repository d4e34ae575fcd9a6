import { Link, useNavigate } from '@tanstack/react-router';
import type { Kind } from '../../api/types';
import { ChevronIcon, KindIcon } from '../../components/icons';
import { KIND_LABEL, KINDS, STATUSES } from '../../lib/kinds';
import styles from './Filters.module.css';
import { type GallerySearch, readGallerySearch } from './search';

/** Kind, status and order. Each choice is an address, so links, back and reload all work. */
export function Filters({ search }: { search: GallerySearch }) {
  return (
    <div className={styles.filters}>
      <nav className={styles.kinds} aria-label="Kind">
        <KindLink search={search} kind={undefined} />
        {KINDS.map((kind) => (
          <KindLink key={kind} search={search} kind={kind} />
        ))}
      </nav>
      <div className={styles.selects}>
        <SearchBox search={search} />
        <StatusSelect search={search} />
        <SortSelect search={search} />
      </div>
    </div>
  );
}

function without(search: GallerySearch, key: keyof GallerySearch): GallerySearch {
  const rest = { ...search };
  delete rest[key];
  return rest;
}

function KindLink({ search, kind }: { search: GallerySearch; kind: Kind | undefined }) {
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
    </Link>
  );
}

/** Words to find listings by, and the tag that was chosen. */
function SearchBox({ search }: { search: GallerySearch }) {
  const navigate = useNavigate({ from: '/' });
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
          <input key={search.q ?? ''} type="search" name="q" maxLength={200} placeholder="Search" defaultValue={search.q ?? ''} />
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
      <option value="newest">Newest first</option>
      <option value="oldest">Oldest first</option>
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
