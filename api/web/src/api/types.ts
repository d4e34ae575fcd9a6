import type { paths } from './schema';

/** Read from the paths, not from schema names, so that the API may rename its types freely. */
type Answer<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;
type QueryOf<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Query } } }
  ? NonNullable<Query>
  : never;

export type StatusAnswer = Answer<'/v1/status'>;
export type ListingsAnswer = Answer<'/v1/listings'>;
export type ListingAnswer = Answer<'/v1/listings/{id}'>;
export type AccountAnswer = Answer<'/v1/accounts/{address}'>;
export type StakingAnswer = Answer<'/v1/staking'>;
export type PurchasesAnswer = Answer<'/v1/purchases'>;
export type AccessAnswer = Answer<'/v1/access'>;
export type TransactionAnswer = Answer<'/v1/transactions/{hash}'>;
export type MarketAnswer = Answer<'/v1/market'>;
export type SeriesAnswer = Answer<'/v1/market/series'>;
export type LeadersAnswer = Answer<'/v1/market/leaders'>;
export type FlowAnswer = Answer<'/v1/listings/{id}/flow'>;
export type LineageAnswer = Answer<'/v1/listings/{id}/ancestors'>;
export type GradesAnswer = Answer<'/v1/listings/{id}/grades'>;
export type PricesAnswer = Answer<'/v1/listings/{id}/prices'>;
export type YieldAnswer = Answer<'/v1/listings/{id}/yield'>;
export type RetentionAnswer = Answer<'/v1/market/retention'>;
export type HistoryAnswer = Answer<'/v1/accounts/{address}/history'>;
export type SpendingsAnswer = Answer<'/v1/spendings'>;

export type ChainStatus = StatusAnswer['data']['chains'][number];
export type ListingSummary = ListingsAnswer['data'][number];
export type Listing = ListingAnswer['data'];
export type Plan = Listing['plans'][number];
export type Shares = NonNullable<Listing['shares']>;
export type ShareSale = Listing['share_sales'][number];
export type ChainAccount = AccountAnswer['data']['chains'][number];
export type Pass = ChainAccount['passes'][number];
export type Holding = ChainAccount['shares'][number];
export type Claimable = Holding['claimable'][number];
export type Lock = NonNullable<ChainAccount['lock']>;
export type ChainStaking = StakingAnswer['data']['chains'][number];
export type Version = Listing['versions'][number];
export type Purchase = PurchasesAnswer['data'][number];
export type Spending = SpendingsAnswer['data'][number];
export type Operator = ChainAccount['operators'][number];
export type Allowance = ChainAccount['allowances'][number];
export type Token = Purchase['token'];
export type Kind = ListingSummary['kind'];
export type ListingStatus = ListingSummary['status'];
export type Finality = Purchase['finality'];

export type ListingsQuery = QueryOf<'/v1/listings'>;
export type PurchasesQuery = QueryOf<'/v1/purchases'>;
export type SpendingsQuery = QueryOf<'/v1/spendings'>;
export type Sort = NonNullable<ListingsQuery['sort']>;
export type SeriesQuery = QueryOf<'/v1/market/series'>;
export type LeadersQuery = QueryOf<'/v1/market/leaders'>;
export type Stretch = SeriesAnswer['data'][number];
export type Grades = GradesAnswer['data'];
export type Price = PricesAnswer['data'][number];
export type ShareYield = YieldAnswer['data'][number];
export type Relative = LineageAnswer['data'][number];
