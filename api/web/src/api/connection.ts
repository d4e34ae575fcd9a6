import { useSyncExternalStore } from 'react';
import { isLive } from './live';

/** How the last requests went, all together: one API serves every page. */
export interface Connection {
  /** Requests in a row that the API did not answer, or answered with a 5xx. */
  failures: number;
  /** When the API last answered, in milliseconds; `null` before the first answer. */
  answeredAt: number | null;
  /** Until when the API wants no more requests from here, in milliseconds; 0 for never. */
  limitedUntil: number;
}

let connection: Connection = { failures: 0, answeredAt: null, limitedUntil: 0 };
const listeners = new Set<() => void>();

function set(next: Connection): void {
  connection = next;
  for (const listener of listeners) listener();
}

export function reportAnswer(): void {
  const now = Date.now();
  // Several answers a second would re-render for nothing: only a change of state matters.
  if (connection.failures > 0 || connection.answeredAt === null) set({ ...connection, failures: 0, answeredAt: now });
  else connection.answeredAt = now;
}

export function reportFailure(): void {
  set({ ...connection, failures: connection.failures + 1 });
}

/** Without a word of the API's about when to come back. */
const REST_SECONDS = 15;
/** A longer rest is looked at again now and then: a wallet that signs in has a share of its own. */
const LONGEST_REST_SECONDS = 300;

/** The API answered that this reader has had its share (429), and perhaps when there is more. */
export function reportLimit(retryAfter: string | null): void {
  const seconds = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : REST_SECONDS;
  set({ ...connection, limitedUntil: Date.now() + Math.min(Math.max(1, seconds), LONGEST_REST_SECONDS) * 1000 });
}

/** How long nothing should be asked by itself; 0 for not at all. */
export function restMs(): number {
  return Math.max(0, connection.limitedUntil - Date.now());
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
  );
}

const LONGEST_MS = 10_000;

/**
 * How long to wait before asking again: `base` while all is well, then doubling with every failure.
 * Half of a longer wait is random, so that many open pages do not come back in step.
 */
export function pollDelay(base: number, failures: number, random: number): number {
  if (failures === 0) return base;
  const ceiling = Math.max(base, Math.min(LONGEST_MS, base * 2 ** Math.min(failures, 10)));
  return Math.max(base, Math.round(ceiling / 2 + (random * ceiling) / 2));
}

/** While the API tells of changes, a look once in a while renews finality and bounds what a lost message does. */
const LIVE_MS = 15_000;

export function currentPollDelay(base: number): number {
  const calm = isLive() && connection.failures === 0;
  return Math.max(restMs(), pollDelay(calm ? Math.max(base, LIVE_MS) : base, connection.failures, Math.random()));
}
