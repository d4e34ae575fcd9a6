import { expect, test } from 'vitest';
import { readMarketSearch, span } from './search';

test('keeps what it knows, and leaves defaults and nonsense out', () => {
  expect(readMarketSearch({ range: 'month', kind: 'x', token: '0x1' })).toEqual({});
  expect(readMarketSearch({ range: 'year', kind: 'model', of: 'providers' })).toEqual({ range: 'year', kind: 'model', of: 'providers' });
});

test('days take the place of a range, if both are there and in order', () => {
  expect(readMarketSearch({ range: 'year', from: '2026-01-01', until: '2026-02-01' })).toEqual({ from: '2026-01-01', until: '2026-02-01' });
  expect(readMarketSearch({ from: '2026-03-01', until: '2026-02-01' })).toEqual({});
});

test('a range ends now, days end with their last second', () => {
  const now = Date.parse('2026-11-24T10:00:30Z');
  expect(span({ range: 'day' }, now)).toEqual({ from: Date.parse('2026-11-23T10:01:00Z'), until: Date.parse('2026-11-24T10:01:00Z') });
  expect(span({ from: '2026-01-01', until: '2026-01-01' }, now).until).toBe(Date.parse('2026-01-01T23:59:59Z'));
});
