import { expect, test } from 'vitest';
import { type LiveMessage, readMessage, staleBy, withBlock } from './topics';
import type { StatusAnswer } from './types';

const base: LiveMessage = { type: 'message', about: 'block', topics: ['blocks'], cursor: 'latest:1-1-0', chain_id: 1, data: {} };

test('a block that is taken back makes the status stale, one that comes nothing', () => {
  expect(staleBy({ ...base, type: 'retract' })).toContainEqual(['status']);
  expect(staleBy(base)).toEqual([]);
});

test('a block that comes is written into its chain’s status', () => {
  const chain = { indexed: { number: 7, hash: '0x7', time: 'then' }, head: { number: 9, time: 'then' }, finalized_block: 3, lag_blocks: 2, lag_seconds: 4 };
  const other = { ...chain, chain_id: 2 };
  const status = { data: { version: '1', chains: [{ ...chain, chain_id: 1 }, other] } } as unknown as StatusAnswer;
  const at = (number: number) => withBlock(status, { ...base, data: { number, hash: `0x${number}`, time: 'now' } })?.data.chains;
  expect(at(8)?.[0]).toMatchObject({ indexed: { number: 8, hash: '0x8' }, head: { number: 9 }, lag_blocks: 1, lag_seconds: 0, finalized_block: 3 });
  expect(at(12)?.[0]).toMatchObject({ indexed: { number: 12 }, head: { number: 12, time: 'now' }, lag_blocks: 0 });
  expect(at(12)?.[1]).toEqual(other);
  expect(withBlock(status, { ...base, chain_id: 3, data: { number: 8, hash: '0x8', time: 'now' } })).toBeNull();
  expect(withBlock(status, { ...base, type: 'retract', data: { number: 8, hash: '0x8', time: 'now' } })).toBeNull();
  expect(withBlock(status, base)).toBeNull();
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
