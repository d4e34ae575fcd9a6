import { expect, test } from 'vitest';
import { type LiveMessage, readMessage, staleBy } from './topics';

const base: LiveMessage = { type: 'message', about: 'block', topics: ['blocks'], cursor: 'latest:1-1-0', data: {} };

test('a block makes the status stale, and nothing else', () => {
  expect(staleBy(base)).toEqual([['status']]);
});

test('a purchase makes stale the feed, the figures and its listing', () => {
  const sale: LiveMessage = { ...base, about: 'purchase', topics: ['purchases'], data: { id: '1-2-3', listing: '1-9' } };
  expect(staleBy(sale)).toEqual([['purchases'], ['market'], ['listing', '1-9']]);
});

test('an event of an account makes its position stale once', () => {
  const event: LiveMessage = { ...base, about: 'event', topics: ['account:0xAB', 'listing:1-4'] };
  expect(staleBy(event)).toEqual([
    ['account', '0xab'],
    ['spendings', '0xab'],
    ['staking'],
    ['listing', '1-4'],
    ['flow', '1-4'],
  ]);
});

test('what a reorg takes back is looked at again in every list', () => {
  const gone: LiveMessage = { ...base, type: 'retract', about: 'event', topics: [], data: { id: '1-2-3' } };
  expect(staleBy(gone)).toEqual([['purchases'], ['listings']]);
});

test('what is no message is left aside', () => {
  expect(readMessage('{')).toBeNull();
  expect(readMessage('7')).toBeNull();
  expect(readMessage('{"type":"heartbeat"}')).toBeNull();
});
