import { concat, encodeAbiParameters, type Hex, keccak256 } from 'viem';
import { expect, test } from 'vitest';
import { listOf } from './merkle';
import { readAccounts } from './parse';
import { readProof } from './proof';

const account = (n: number): Hex => `0x${n.toString(16).padStart(40, '0')}`;

/** As MerkleGate.sol climbs. */
function climb(from: Hex, proof: readonly Hex[]): Hex {
  const leaf = keccak256(keccak256(encodeAbiParameters([{ type: 'address' }], [from])));
  return proof.reduce((at, next) => keccak256(at < next ? concat([at, next]) : concat([next, at])), leaf);
}

test.each([1, 2, 3, 7, 100])('each of %i accounts has a proof that leads to the root, and nobody else', (count) => {
  const list = listOf(Array.from({ length: count }, (_, at) => account(at + 1)));
  expect(list.proofs).toHaveLength(count);
  for (const { account: from, proof } of list.proofs) {
    expect(climb(from, proof)).toBe(list.root);
    expect(climb(account(9999), proof)).not.toBe(list.root);
  }
});

test('accounts are read once each, however they are divided', () => {
  expect(readAccounts(`${account(1)}, ${account(2)}\n${account(1)};x`)).toEqual({ accounts: [account(1), account(2)], wrong: ['x'] });
});

test('a proof is read from what providers hand out', () => {
  const list = listOf([account(1), account(2)]);
  const own = list.proofs.find((each) => each.account === account(2));
  const proof = own?.proof ?? [];
  expect(proof).toHaveLength(1);
  for (const text of [proof, { proof }, list, list.proofs]) expect(readProof(JSON.stringify(text), account(2))).toEqual(proof);
  for (const none of ['', 'no', '{}', '["0x12"]', JSON.stringify({ proofs: [] })]) expect(readProof(none, account(2))).toBeNull();
  // A list of one needs no way to its root.
  expect(readProof('[]', account(1))).toEqual([]);
});
