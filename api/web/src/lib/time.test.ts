import { expect, it } from 'vitest';
import { age } from './time';

const now = Date.parse('2026-11-22T15:00:00Z');

it.each([
  ['2026-11-22T15:00:00Z', '0s'],
  ['2026-11-22T14:59:01Z', '59s'],
  ['2026-11-22T14:59:00Z', '1m'],
  ['2026-11-22T14:00:01Z', '59m'],
  ['2026-11-21T15:00:01Z', '23h'],
  ['2026-11-20T15:00:00Z', '2d'],
  ['2024-11-20T15:00:00Z', '2y'],
])('%s is %s old', (time, expected) => {
  expect(age(time, now)).toBe(expected);
});

it('shows a block from a clock that runs ahead as new, not as negative', () => {
  expect(age('2026-11-22T15:00:30Z', now)).toBe('0s');
});

it('does not invent an age for what is not a time', () => {
  expect(age('soon', now)).toBe('–');
});
