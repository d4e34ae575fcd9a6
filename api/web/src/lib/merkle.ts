import { StandardMerkleTree } from '@openzeppelin/merkle-tree';

type Hex = `0x${string}`;

/** A list of accounts as the MerkleGate keeps it. */
export interface AccountList {
  root: Hex;
  /** The way from each account's leaf to the root. */
  proofs: { account: Hex; proof: Hex[] }[];
}

/** The list of at least one account. */
export function listOf(accounts: readonly Hex[]): AccountList {
  const tree = StandardMerkleTree.of(accounts.map((account) => [account]), ['address']);
  const proofs = [...tree.entries()].map(([at, [account]]) => ({ account: account as Hex, proof: tree.getProof(at) as Hex[] }));
  return { root: tree.root as Hex, proofs };
}
