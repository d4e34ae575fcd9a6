import { expect, test } from 'vitest';
import { lockEnd, scoreOf, standing, weeksLeft } from './stake';

const WEEK = 604_800;

test('a lock ends at a boundary, after the current week and the weeks asked for', () => {
  expect(lockEnd(10 * WEEK + 5, 1)).toBe(12 * WEEK);
  expect(lockEnd(10 * WEEK, 52)).toBe(63 * WEEK);
  expect(weeksLeft(12 * WEEK, 10 * WEEK + 5)).toBe(1);
  expect(weeksLeft(12 * WEEK, 11 * WEEK)).toBe(0);
});

test('a score is once to twice the amount, rounded down', () => {
  expect(scoreOf(100n, 52)).toBe(200n);
  expect(scoreOf(100n, 1)).toBe(101n);
});

test('a standing says what the next tier needs', () => {
  const tiers = [
    { tier: 1, score: '100' },
    { tier: 2, score: '1000' },
  ];
  const stoa = 10n ** 18n;
  expect(standing(0n, tiers)).toEqual({ tier: 0, next: { tier: 1, missing: 100n * stoa } });
  expect(standing(150n * stoa, tiers)).toEqual({ tier: 1, next: { tier: 2, missing: 850n * stoa } });
  expect(standing(1000n * stoa, tiers)).toEqual({ tier: 2, next: null });
});
