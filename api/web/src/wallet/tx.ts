import type { Hex } from './store';

/**
 * How far a transaction is. `wallet`: the wallet shows it. `sent`: a node has it. `mined`: it is in a block that the
 * indexer has not read. `seen`: the page's data holds it. `final`: it will not change. `failed`: it is in a block and
 * did nothing. `reorged`: its block was replaced, and it may come back. `dropped`: another one took its place.
 */
export type TxState = 'wallet' | 'sent' | 'mined' | 'seen' | 'final' | 'failed' | 'reorged' | 'dropped';

export interface Tx {
  id: string;
  chainId: number;
  account: Hex;
  title: string;
  /** The page that it is about. */
  about: string | null;
  hash: Hex | null;
  nonce: number | null;
  state: TxState;
  block: number | null;
  at: number;
  /** Whether it emits an event that the API tells of; an allowance of a token does not. */
  told: boolean;
}

/** What was found of a transaction. What could not be looked up is left out; `null` is "looked, and not there". */
export interface Sight {
  receipt?: { block: number; ok: boolean } | null;
  /** Whether its nonce is used up. */
  nonceUsed?: boolean;
  api?: { block: number; final: boolean } | null;
  indexed?: number;
  finalized?: number;
}

const OVER: ReadonlySet<TxState> = new Set(['final', 'failed', 'dropped']);

export function isOver(tx: Tx): boolean {
  return OVER.has(tx.state);
}

/** Whether the page's data holds it. */
export function isSeen(tx: Tx): boolean {
  return tx.state === 'seen' || tx.state === 'final';
}

export function advance(tx: Tx, sight: Sight): Tx {
  if (isOver(tx) || tx.state === 'wallet') return tx;
  const { receipt, api } = sight;
  if (receipt != null && !receipt.ok) return { ...tx, state: 'failed', block: receipt.block };
  if (api != null) return { ...tx, state: api.final ? 'final' : 'seen', block: api.block };
  if (receipt != null) return { ...tx, state: read(tx, receipt.block, sight), block: receipt.block };
  if (receipt === null) return missing(tx, sight.nonceUsed === true);
  // Without a wallet the API alone speaks: what it once told and tells no more was taken back.
  if (api === null && tx.state === 'seen' && tx.told) return { ...tx, state: 'reorged', block: null };
  if (!tx.told && tx.block !== null) return { ...tx, state: read(tx, tx.block, sight) };
  return tx;
}

function read(tx: Tx, block: number, { indexed = 0, finalized = 0 }: Sight): TxState {
  if (tx.told || indexed < block) return 'mined';
  return finalized >= block ? 'final' : 'seen';
}

function missing(tx: Tx, nonceUsed: boolean): Tx {
  if (nonceUsed) return { ...tx, state: 'dropped', block: null };
  return tx.state === 'sent' ? tx : { ...tx, state: 'reorged', block: null };
}
