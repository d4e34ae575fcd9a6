import { reportAnswer, reportFailure, reportLimit } from './connection';
import type {
  AccessAnswer,
  AccountAnswer,
  FlowAnswer,
  GradesAnswer,
  HistoryAnswer,
  LeadersAnswer,
  LeadersQuery,
  LineageAnswer,
  ListingAnswer,
  MarketAnswer,
  ListingsAnswer,
  ListingsQuery,
  PricesAnswer,
  PurchasesAnswer,
  PurchasesQuery,
  RetentionAnswer,
  SpendingsAnswer,
  SpendingsQuery,
  SeriesAnswer,
  SeriesQuery,
  StakingAnswer,
  StatusAnswer,
  TransactionAnswer,
  YieldAnswer,
} from './types';

const TIMEOUT_MS = 20_000;

/** The API answered, and said no (RFC 9457). `message` is its `detail`, fit for people. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, detail: string) {
    super(detail);
    this.status = status;
    this.title = title;
  }
}

/** No usable answer came: the network, a proxy, or a server that is not Stoa's. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

type Query = Record<string, string | number | boolean | null | undefined>;

export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value != null && value !== '') search.set(key, String(value));
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** Reads a problem document; whatever else an error's body holds, the reader gets a sentence. */
export function toProblem(status: number, body: unknown): ProblemError {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const title = text(fields['title']) ?? `Error ${status}`;
  return new ProblemError(status, title, text(fields['detail']) ?? `The API answered with status ${status}.`);
}

async function get<Body>(path: string, signal: AbortSignal): Promise<Body> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(path, {
      headers: { accept: 'application/json, application/problem+json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    body = await response.json().catch((error: unknown) => {
      // An error may come from a proxy without JSON; a success must be the API's own.
      if (error instanceof SyntaxError && !response.ok) return null;
      throw error;
    });
  } catch (error) {
    if (signal.aborted) throw error;
    reportFailure();
    throw new UnreachableError('The API did not answer.', { cause: error });
  }
  if (response.status >= 500) reportFailure();
  else reportAnswer();
  if (response.status === 429) reportLimit(response.headers.get('retry-after'));
  if (!response.ok) throw toProblem(response.status, body);
  return body as Body;
}

export function getStatus(signal: AbortSignal): Promise<StatusAnswer> {
  return get('/v1/status', signal);
}

export function getListings(query: ListingsQuery, signal: AbortSignal): Promise<ListingsAnswer> {
  return get(withQuery('/v1/listings', query), signal);
}

export function getListing(id: string, signal: AbortSignal): Promise<ListingAnswer> {
  return get(`/v1/listings/${encodeURIComponent(id)}`, signal);
}

export function getPurchases(query: PurchasesQuery, signal: AbortSignal): Promise<PurchasesAnswer> {
  return get(withQuery('/v1/purchases', query), signal);
}

export function getSpendings(query: SpendingsQuery, signal: AbortSignal): Promise<SpendingsAnswer> {
  return get(withQuery('/v1/spendings', query), signal);
}

export function getAccount(address: string, signal: AbortSignal): Promise<AccountAnswer> {
  return get(`/v1/accounts/${encodeURIComponent(address)}`, signal);
}

export function getStaking(signal: AbortSignal): Promise<StakingAnswer> {
  return get('/v1/staking', signal);
}

export function getTransaction(hash: string, chain: number, signal: AbortSignal): Promise<TransactionAnswer> {
  return get(withQuery(`/v1/transactions/${encodeURIComponent(hash)}`, { chain }), signal);
}

export function getAccess(listing: string, account: string, signal: AbortSignal): Promise<AccessAnswer> {
  return get(withQuery('/v1/access', { listing, account }), signal);
}

export function getMarket(signal: AbortSignal): Promise<MarketAnswer> {
  return get('/v1/market', signal);
}

export function getSeries(query: SeriesQuery, signal: AbortSignal): Promise<SeriesAnswer> {
  return get(withQuery('/v1/market/series', query), signal);
}

export function getLeaders(query: LeadersQuery, signal: AbortSignal): Promise<LeadersAnswer> {
  return get(withQuery('/v1/market/leaders', query), signal);
}

export function getFlow(id: string, signal: AbortSignal): Promise<FlowAnswer> {
  return get(withQuery(`/v1/listings/${encodeURIComponent(id)}/flow`, { limit: 100 }), signal);
}

/** Ancestors or descendants, the nearest first. */
export function getLineage(id: string, way: 'ancestors' | 'descendants', signal: AbortSignal): Promise<LineageAnswer> {
  return get(withQuery(`/v1/listings/${encodeURIComponent(id)}/${way}`, { limit: 24 }), signal);
}

/** Its grades, and what they come from. */
export function getGrades(id: string, signal: AbortSignal): Promise<GradesAnswer> {
  return get(`/v1/listings/${encodeURIComponent(id)}/grades`, signal);
}

export function getPrices(id: string, signal: AbortSignal): Promise<PricesAnswer> {
  return get(`/v1/listings/${encodeURIComponent(id)}/prices`, signal);
}

/** What its shares earned. */
export function getYield(id: string, signal: AbortSignal): Promise<YieldAnswer> {
  return get(`/v1/listings/${encodeURIComponent(id)}/yield`, signal);
}

/** The buyers of each month, of one listing. */
export function getRetention(listing: string, months: number, signal: AbortSignal): Promise<RetentionAnswer> {
  return get(withQuery('/v1/market/retention', { listing, months }), signal);
}

/** What concerned an account, newest first. */
export function getHistory(address: string, cursor: string | null, signal: AbortSignal): Promise<HistoryAnswer> {
  return get(withQuery(`/v1/accounts/${encodeURIComponent(address)}/history`, { limit: 100, cursor }), signal);
}

/** What a listing's sales brought in one token. */
export interface Earned {
  gross: string;
  sales: string;
  token: { address: string; symbol: string | null; decimals: number | null };
}

const REVENUES = 'query($ids:[PublicId!]){listings(first:100,where:{ids:$ids}){nodes{id revenue{gross sales token{address symbol decimals}}}}}';

interface RevenuesAnswer {
  data: { listings: { nodes: { id: string; revenue: Earned[] }[] } };
}

/** What each of up to 100 listings brought: the collection leaves it out, the graph tells it in one request. */
export async function getRevenues(ids: readonly string[], signal: AbortSignal): Promise<Map<string, Earned[]>> {
  const { data } = await get<RevenuesAnswer>(withQuery('/graphql', { query: REVENUES, variables: JSON.stringify({ ids }) }), signal);
  return new Map(data.listings.nodes.map(({ id, revenue }) => [id, revenue]));
}
