const WEEK = 604_800;
export const LONGEST_WEEKS = 52;

/** When a lock of `weeks` whole weeks made at `now` (seconds) ends: at a week's boundary. */
export function lockEnd(now: number, weeks: number): number {
  return (Math.floor(now / WEEK) + 1 + weeks) * WEEK;
}

/** What an amount weighs, locked for `weeks`: 1× to 2×, rounded down as the contract does. */
export function scoreOf(amount: bigint, weeks: number): bigint {
  return (amount * BigInt(LONGEST_WEEKS + weeks)) / BigInt(LONGEST_WEEKS);
}

/** Whole weeks that are left of a lock after the current one. */
export function weeksLeft(end: number, now: number): number {
  return Math.max(0, Math.floor(end / WEEK) - Math.floor(now / WEEK) - 1);
}

export interface Tier {
  tier: number;
  /** In whole STOA. */
  score: string;
}

export interface Standing {
  tier: number;
  next: { tier: number; missing: bigint } | null;
}

/** The tier of a score (base units of 18 decimals), and what the next one still needs. */
export function standing(score: bigint, tiers: readonly Tier[]): Standing {
  const needs = tiers.map((each) => ({ tier: each.tier, from: BigInt(each.score) * 10n ** 18n }));
  const reached = needs.findLast(({ from }) => score >= from);
  const next = needs.find(({ from }) => score < from);
  return { tier: reached?.tier ?? 0, next: next === undefined ? null : { tier: next.tier, missing: next.from - score } };
}
