import { expect, test } from 'vitest';
import { type Purse, sourcesFor } from './funding';

const empty: Purse = { vault: 0n, wallet: 0n, allowance: 0n, coin: null, takes: { permit: true, authorization: true } };

test('what is free needs no money', () => {
  expect(sourcesFor(empty, 0n)).toEqual(['balance']);
});

test('sources are not mixed', () => {
  expect(sourcesFor({ ...empty, vault: 5n, wallet: 5n }, 10n)).toEqual([]);
});

test('the vault balance comes first, then one signature, then an approval', () => {
  expect(sourcesFor({ ...empty, vault: 10n, wallet: 10n }, 10n)).toEqual(['balance', 'authorization', 'permit', 'approve']);
  const plain = { ...empty, wallet: 10n, takes: { permit: false, authorization: false } };
  expect(sourcesFor(plain, 10n)).toEqual(['approve']);
});

test('a standing allowance makes signatures needless', () => {
  expect(sourcesFor({ ...empty, wallet: 10n, allowance: 10n }, 10n)).toEqual(['allowance']);
});

test('coin must be left for gas', () => {
  expect(sourcesFor({ ...empty, coin: 10n }, 10n)).toEqual([]);
  expect(sourcesFor({ ...empty, coin: 11n }, 10n)).toEqual(['native']);
});
