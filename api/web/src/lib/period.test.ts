import { expect, test } from 'vitest';
import { formatPeriod, perPeriod } from './time';

test('a period is told in the longest exact unit', () => {
  expect(formatPeriod(2_592_000)).toBe('30 days');
  expect(formatPeriod(86_400)).toBe('1 day');
  expect(formatPeriod(90_000)).toBe('25 hours');
  expect(formatPeriod(5_400)).toBe('90 minutes');
  expect(formatPeriod(61)).toBe('61 seconds');
  expect(formatPeriod(1)).toBe('1 second');
  expect(formatPeriod(0)).toBe('0 seconds');
});

test('a price is told per period', () => {
  expect(perPeriod(3_600)).toBe('per hour');
  expect(perPeriod(2_592_000)).toBe('per 30 days');
});
