import { afterEach, expect, it, vi } from 'vitest';
import { currentPollDelay, pollDelay, reportLimit, restMs } from './connection';

afterEach(() => vi.useRealTimers());

it('asks at the base rate while the API answers', () => {
  expect(pollDelay(1000, 0, 0.5)).toBe(1000);
});

it('backs off with every failure, up to a bound', () => {
  const waits = [1, 2, 3, 4, 5, 50].map((failures) => pollDelay(1000, failures, 1));
  expect(waits).toEqual([2000, 4000, 8000, 10_000, 10_000, 10_000]);
});

it('never asks faster than the base rate', () => {
  expect(pollDelay(1000, 1, 0)).toBe(1000);
  expect(pollDelay(30_000, 3, 0)).toBe(30_000);
});

it.each([
  ['7', 7000],
  ['0', 1000],
  ['86400', 300_000],
  [null, 15_000],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 15_000],
])('rests as long as an answer of 429 with Retry-After %s asks, within reason', (header, rest) => {
  vi.useFakeTimers();
  reportLimit(header);
  expect(restMs()).toBe(rest);
  expect(currentPollDelay(1000)).toBe(Math.max(1000, rest));
  vi.advanceTimersByTime(rest);
  expect(restMs()).toBe(0);
  expect(currentPollDelay(1000)).toBe(1000);
});
