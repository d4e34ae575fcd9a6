import { expect, it } from 'vitest';
import { pollDelay } from './connection';

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
