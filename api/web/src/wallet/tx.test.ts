import { expect, test } from 'vitest';
import { advance, type Tx } from './tx';

const sent: Tx = {
  id: 'a', chainId: 1, account: '0x1', title: 'Buy', about: null, hash: '0x2', nonce: 3, state: 'sent', block: null, at: 0, told: true,
};

test('goes from sent over mined and seen to final', () => {
  const mined = advance(sent, { receipt: { block: 7, ok: true }, api: null, indexed: 6 });
  expect(mined).toMatchObject({ state: 'mined', block: 7 });
  const seen = advance(mined, { receipt: { block: 7, ok: true }, api: { block: 7, final: false } });
  expect(seen.state).toBe('seen');
  const final = advance(seen, { api: { block: 7, final: true } });
  expect(final.state).toBe('final');
  expect(advance(final, { receipt: null, nonceUsed: true })).toBe(final);
});

test('a reorg takes it out of its block, and it may come back in another', () => {
  const seen: Tx = { ...sent, state: 'seen', block: 7 };
  const gone = advance(seen, { receipt: null, nonceUsed: false });
  expect(gone).toMatchObject({ state: 'reorged', block: null });
  expect(advance(gone, { receipt: { block: 9, ok: true } })).toMatchObject({ state: 'mined', block: 9 });
  expect(advance(seen, { api: null }).state).toBe('reorged');
});

test('is dropped when another transaction used its nonce', () => {
  expect(advance(sent, { receipt: null, nonceUsed: true }).state).toBe('dropped');
});

test('waits while it is nowhere yet', () => {
  expect(advance(sent, { receipt: null, nonceUsed: false })).toBe(sent);
  expect(advance(sent, {})).toBe(sent);
});

test('fails when its block says so', () => {
  expect(advance(sent, { receipt: { block: 7, ok: false } }).state).toBe('failed');
});

test('what the API does not tell of counts as seen once its block was read', () => {
  const approval: Tx = { ...sent, told: false };
  expect(advance(approval, { receipt: { block: 7, ok: true }, indexed: 6 }).state).toBe('mined');
  expect(advance(approval, { receipt: { block: 7, ok: true }, indexed: 7, finalized: 6 }).state).toBe('seen');
  expect(advance({ ...approval, state: 'seen', block: 7 }, { indexed: 9, finalized: 7 }).state).toBe('final');
});
