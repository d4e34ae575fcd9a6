/** What the page can honestly say about how fresh its data is. */
export type Freshness = 'connecting' | 'live' | 'behind' | 'silent' | 'no-head' | 'unreachable' | 'offline';

export interface FreshnessInput {
  online: boolean;
  failures: number;
  chain: { head?: unknown; lag_blocks?: number | null; lag_seconds?: number | null } | undefined;
}

/** One lost answer is a hiccup; more in a row are worth a word. */
const FAILURES_SHOWN = 2;
/** Blocks behind the head that are still "live": an indexer is always a moment late. */
const LAG_SHOWN = 3;
/** Seconds without news of the chain; the indexer asks its node several times a second. */
const SILENCE_SHOWN = 30;

export function freshness({ online, failures, chain }: FreshnessInput): Freshness {
  if (failures >= FAILURES_SHOWN || (failures > 0 && chain === undefined)) return online ? 'unreachable' : 'offline';
  if (chain === undefined) return 'connecting';
  if (chain.head == null) return 'no-head';
  if ((chain.lag_blocks ?? 0) > LAG_SHOWN) return 'behind';
  return (chain.lag_seconds ?? 0) > SILENCE_SHOWN ? 'silent' : 'live';
}
