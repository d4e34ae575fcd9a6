import { concat, encodeAbiParameters, encodeFunctionData, type Hex as Bytes, keccak256, toHex } from 'viem';
import { listingsAbi, marketAbi, merkleGateAbi, revenueAbi, revenueShareAbi, stakingAbi, stoaTokenAbi, tierGateAbi, vaultAbi } from '../chain/abi';
import type { Hex } from './store';

/** Data of a payment to the Market: what is ordered, and what the plan's gate asks for. */
export function planOrder(plan: bigint, version: number, quantity: bigint, recipient: Hex, gateData: Bytes = '0x'): Bytes {
  const order = encodeAbiParameters(
    [{ type: 'uint256' }, { type: 'uint32' }, { type: 'uint64' }, { type: 'address' }],
    [plan, version, quantity, recipient],
  );
  return concat([order, gateData]);
}

/** What a list's gate takes: the way from the account's leaf to the root. */
export function proofData(proof: readonly Bytes[]): Bytes {
  return encodeAbiParameters([{ type: 'bytes32[]' }], [proof]);
}

const SHARE_ORDER = keccak256(toHex('ShareOrder(uint256 sale,uint64 quantity,address recipient)'));

/** Data of a payment to the Market: lots of a sale of shares. */
export function shareOrder(sale: bigint, quantity: bigint, recipient: Hex): Bytes {
  return encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint256' }, { type: 'uint64' }, { type: 'address' }], [SHARE_ORDER, sale, quantity, recipient]);
}

/** Data of a payment to Staking: a new lock of `term` weeks, or with 0 a raise of the one there is. */
export function lockOrder(account: Hex, term: number): Bytes {
  return encodeAbiParameters(
    [
      {
        type: 'tuple',
        components: [{ type: 'address' }, { type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }, { type: 'bytes' }],
      },
    ],
    [[account, BigInt(term), 0n, 0n, '0x']],
  );
}

export const calls = {
  deposit: (token: Hex, amount: bigint, to: Hex) =>
    encodeFunctionData({ abi: vaultAbi, functionName: 'deposit', args: [token, amount, to] }),
  withdraw: (token: Hex, amount: bigint, to: Hex) =>
    encodeFunctionData({ abi: vaultAbi, functionName: 'withdraw', args: [token, amount, to] }),
  claimShare: (token: Hex) => encodeFunctionData({ abi: revenueShareAbi, functionName: 'claim', args: [token] }),
  claimStake: (token: Hex) => encodeFunctionData({ abi: stakingAbi, functionName: 'claim', args: [token] }),
  extend: (weeks: number) => encodeFunctionData({ abi: stakingAbi, functionName: 'extend', args: [BigInt(weeks)] }),
  withdrawLock: () => encodeFunctionData({ abi: stakingAbi, functionName: 'withdraw' }),
  setReinvest: (on: boolean) => encodeFunctionData({ abi: stakingAbi, functionName: 'setReinvest', args: [on] }),
  settle: (listing: bigint, beneficiary: Hex, token: Hex) =>
    encodeFunctionData({ abi: revenueAbi, functionName: 'settle', args: [listing, beneficiary, token] }),
  listing: (functionName: 'pause' | 'resume' | 'retire', id: bigint) =>
    encodeFunctionData({ abi: listingsAbi, functionName, args: [id] }),
  publish: (id: bigint, hash: Bytes, uris: string[]) =>
    encodeFunctionData({ abi: listingsAbi, functionName: 'publish', args: [id, hash, uris] }),
  changePlan: (plan: bigint, price: bigint, cap: bigint) =>
    encodeFunctionData({ abi: marketAbi, functionName: 'changePlan', args: [plan, price, cap] }),
  boundPlan: (plan: bigint, gate: Hex, from: bigint, until: bigint) =>
    encodeFunctionData({ abi: marketAbi, functionName: 'boundPlan', args: [plan, gate, from, until] }),
  setRoot: (plan: bigint, root: Bytes) => encodeFunctionData({ abi: merkleGateAbi, functionName: 'setRoot', args: [plan, root] }),
  setTier: (plan: bigint, tier: number) => encodeFunctionData({ abi: tierGateAbi, functionName: 'setTier', args: [plan, tier] }),
  createShares: (listing: bigint, shares: { name: string; symbol: string; supply: bigint; tokens: Hex[] }) =>
    encodeFunctionData({ abi: revenueAbi, functionName: 'createShares', args: [listing, shares] }),
  approve: (spender: Hex, amount: bigint) => encodeFunctionData({ abi: stoaTokenAbi, functionName: 'approve', args: [spender, amount] }),
  closeShareSale: (sale: bigint) => encodeFunctionData({ abi: marketAbi, functionName: 'closeShareSale', args: [sale] }),
  plan: (functionName: 'pausePlan' | 'resumePlan', id: bigint) =>
    encodeFunctionData({ abi: marketAbi, functionName, args: [id] }),
};

export interface NewListing {
  kind: number;
  uri: string;
  contentHash: Bytes;
  uris: string[];
  licence: string;
  derivatives: boolean;
  derivativeBps: number;
  parents: bigint[];
  parentBps: number[];
  royaltyReceiver: Hex;
  royaltyBps: number;
}

export function createListing(listing: NewListing): Bytes {
  return encodeFunctionData({ abi: listingsAbi, functionName: 'create', args: [listing] });
}

export interface NewPlan {
  listing: bigint;
  kind: number;
  token: Hex;
  price: bigint;
  cap: bigint;
  transferable: boolean;
  period: number;
  units: number;
  unit: string;
  from: bigint;
  until: bigint;
  gate: Hex;
  tierDiscount: boolean;
}

export function createPlan(plan: NewPlan): Bytes {
  return encodeFunctionData({ abi: marketAbi, functionName: 'createPlan', args: [plan] });
}

export interface NewShareSale {
  listing: bigint;
  token: Hex;
  lot: bigint;
  price: bigint;
  cap: bigint;
  from: bigint;
  until: bigint;
}

export function openShareSale(sale: NewShareSale): Bytes {
  return encodeFunctionData({ abi: marketAbi, functionName: 'openShareSale', args: [sale] });
}
