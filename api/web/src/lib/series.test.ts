import { expect, test } from 'vitest';
import { intervalFor, stretches, stretchStart } from './series';

const at = (text: string) => Date.parse(text);

test('stretches begin as the API counts them: UTC, weeks on Monday', () => {
  const time = at('2026-11-25T13:45:10Z');
  expect(new Date(stretchStart(time, 'hour')).toISOString()).toBe('2026-11-25T13:00:00.000Z');
  expect(new Date(stretchStart(time, 'day')).toISOString()).toBe('2026-11-25T00:00:00.000Z');
  expect(new Date(stretchStart(time, 'week')).toISOString()).toBe('2026-11-23T00:00:00.000Z');
  expect(new Date(stretchStart(time, 'month')).toISOString()).toBe('2026-11-01T00:00:00.000Z');
});

test('empty stretches are there too', () => {
  expect(stretches(at('2026-11-23T10:00:00Z'), at('2026-11-25T01:00:00Z'), 'day')).toHaveLength(3);
  expect(stretches(at('2026-01-15T00:00:00Z'), at('2026-12-01T00:00:00Z'), 'month')).toHaveLength(12);
});

test('a longer range has longer stretches', () => {
  const day = 86_400_000;
  expect([1, 30, 365, 2000].map((days) => intervalFor(0, days * day))).toEqual(['hour', 'day', 'week', 'month']);
});
