import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { leadersQuery, marketQuery, namesQuery } from '../../api/queries';
import type { MarketAnswer, Token } from '../../api/types';
import { ErrorNotice, Notice } from '../../components/Notice';
import { Section } from '../../components/Section';
import { SelectField, TextField } from '../../components/Form';
import { Skeleton } from '../../components/Skeleton';
import { Account, Amount, Count, Quantity } from '../../components/Value';
import { tokenLabel } from '../../lib/amount';
import { KIND_LABEL, KINDS } from '../../lib/kinds';
import { useNow } from '../../lib/clock';
import { Charts } from './Charts';
import styles from './MarketPage.module.css';
import { type MarketSearch, RANGES, type Range, readMarketSearch, span } from './search';

type Market = MarketAnswer['data'][number];

const RANGE_LABEL: Record<Range, string> = { day: '24 h', week: '7 d', month: '30 d', quarter: '90 d', year: '1 y' };
const RANGE_WINDOW = { day: 'day', week: 'week', month: 'month', quarter: 'year', year: 'year' } as const;

export function MarketPage() {
  const { data, error, refetch } = useQuery(marketQuery());
  return (
    <>
      <title>Market · Stoa</title>
      <header className={styles.header}>
        <h1 className={styles.heading}>Market</h1>
        <p className={styles.lead}>
          What was sold, for how much, and by whom. Amounts in different tokens are never added.{' '}
          <Link to="/compare">Compare listings.</Link>
        </p>
      </header>
      {data === undefined && error && <ErrorNotice error={error} what="The market’s figures" retry={() => void refetch()} />}
      {data === undefined && !error && <Skeleton height={420} />}
      {data?.map((market) => (
        <OfChain key={market.chain_id} market={market} several={data.length > 1} />
      ))}
    </>
  );
}

function OfChain({ market, several }: { market: Market; several: boolean }) {
  return (
    <div className={styles.chain}>
      {several && <h2>Chain {market.chain_id}</h2>}
      <dl className={styles.totals}>
        <Total name="Sales" value={<Count value={market.sales} />} />
        <Total name="Active listings" value={<Count value={market.active_listings} />} />
        <Total name="Providers" value={<Count value={market.providers} />} />
        <Total name="Buyers" value={<Count value={market.buyers} />} />
        <Total name="Staked" value={<Quantity base={market.locked} unit="STOA" digits={0} />} />
      </dl>
      {market.turnover.length === 0 ? (
        <Notice title="Nothing was sold yet">The first sale draws the first bar.</Notice>
      ) : (
        <Figures market={market} tokens={market.turnover.map(({ token }) => token)} />
      )}
    </div>
  );
}

function Total({ name, value }: { name: string; value: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Figures({ market, tokens }: { market: Market; tokens: Token[] }) {
  const search = useSearch({ from: '/market' });
  const token = tokens.find(({ address }) => address.toLowerCase() === search.token?.toLowerCase()) ?? tokens[0];
  if (token === undefined) return null;
  return (
    <>
      <Controls search={search} tokens={tokens} token={token} />
      <Charts search={search} chain={market.chain_id} token={token} />
      <Leaders search={search} chain={market.chain_id} token={token} />
    </>
  );
}

function useGo() {
  const navigate = useNavigate({ from: '/market' });
  return (next: Record<string, unknown>) => void navigate({ search: readMarketSearch(next), replace: true, resetScroll: false });
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function Controls({ search, tokens, token }: { search: MarketSearch; tokens: Token[]; token: Token }) {
  const go = useGo();
  const range = search.from === undefined ? (search.range ?? 'month') : null;
  const shown = span(search, useNow());
  return (
    <div className={styles.controls}>
      <nav className={styles.ranges} aria-label="Range">
        {RANGES.map((each) => (
          <Link
            key={each}
            to="/market"
            search={readMarketSearch({ ...search, from: undefined, until: undefined, range: each })}
            replace
            resetScroll={false}
            className={styles.range}
            aria-current={range === each ? 'true' : undefined}
            data-chosen={range === each || undefined}
            activeProps={{}}
          >
            {RANGE_LABEL[each]}
          </Link>
        ))}
      </nav>
      <div className={styles.fields}>
        <TextField label="From" type="date" value={dayOf(shown.from)} onChange={(from) => go({ ...search, from, until: search.until ?? dayOf(shown.until) })} />
        <TextField label="Until" type="date" value={dayOf(shown.until)} onChange={(until) => go({ ...search, until, from: search.from ?? dayOf(shown.from) })} />
        <SelectField label="Kind" value={search.kind ?? ''} onChange={(kind) => go({ ...search, kind })}>
          <option value="">All kinds</option>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {KIND_LABEL[kind].many}
            </option>
          ))}
        </SelectField>
        <SelectField label="Paid in" value={token.address} onChange={(chosen) => go({ ...search, token: chosen })}>
          {tokens.map((each) => (
            <option key={each.address} value={each.address}>
              {tokenLabel(each)}
            </option>
          ))}
        </SelectField>
      </div>
    </div>
  );
}

function Leaders({ search, chain, token }: { search: MarketSearch; chain: number; token: Token }) {
  const go = useGo();
  const of = search.of ?? 'listings';
  const by = search.by ?? 'revenue';
  const range = search.from === undefined ? (search.range ?? 'month') : 'year';
  const { data } = useQuery(
    leadersQuery({ chain: String(chain), of, by, window: RANGE_WINDOW[range], limit: 10, token: token.address, ...(search.kind && { kind: search.kind }) }),
  );
  const { data: names } = useQuery(namesQuery((data ?? []).flatMap(({ listing }) => listing ?? [])));
  return (
    <Section title="Leaders" note={`last ${RANGE_WINDOW[range]}, in ${tokenLabel(token)}`}>
      <div className={styles.choices}>
        <SelectField label="Who" value={of} onChange={(value) => go({ ...search, of: value })}>
          <option value="listings">Listings</option>
          <option value="providers">Providers</option>
        </SelectField>
        <SelectField label="By" value={by} onChange={(value) => go({ ...search, by: value })}>
          <option value="revenue">Revenue</option>
          <option value="sales">Sales</option>
        </SelectField>
        <a href={`/v1/export/purchases.csv?chain=${chain}`} download className={styles.csv}>
          All purchases as CSV
        </a>
      </div>
      {data?.length === 0 && <p className={styles.empty}>Nobody sold anything then.</p>}
      <ol className={styles.leaders}>
        {data?.map((leader) => (
          <li key={leader.rank} className={styles.leader}>
            <span className={styles.rank}>{leader.rank}</span>
            <span className={styles.name}>
              {leader.listing == null ? (
                <Account value={leader.provider} label="provider's address" />
              ) : (
                <Link to="/listings/$listingId" params={{ listingId: leader.listing }}>
                  <bdi>{names?.get(leader.listing)?.name ?? `Listing ${leader.listing}`}</bdi>
                </Link>
              )}
            </span>
            <span className={styles.figure}>{leader.amount != null && <Amount base={leader.amount} token={token} digits={4} />}</span>
            <span className={styles.figure}>
              <Count value={leader.sales} /> {leader.sales === '1' ? 'sale' : 'sales'}
              {leader.ignored_sales !== '0' && (
                <span className={styles.ignored} title="Made by the listing’s owner or its shareholders; they do not count.">
                  {' '}
                  + <Count value={leader.ignored_sales} /> own
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
