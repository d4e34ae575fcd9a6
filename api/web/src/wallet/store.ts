import { useSyncExternalStore } from 'react';

export type Hex = `0x${string}`;

/** What the page knows of the reader's wallet. The code that speaks to wallets is loaded only when one is used. */
export interface Wallet {
  status: 'none' | 'connecting' | 'connected';
  account: Hex | null;
  /** The network that the wallet is on now. */
  chainId: number | null;
  name: string | null;
}

const NONE: Wallet = { status: 'none', account: null, chainId: null, name: null };
/** Set while a wallet is connected, so that the next visit asks for it again. */
const KEY = 'stoa.wallet';

let wallet: Wallet = NONE;
let asking = false;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setWallet(next: Wallet): void {
  wallet = next;
  try {
    if (next.status === 'connected') localStorage.setItem(KEY, '1');
    else if (next.status === 'none') localStorage.removeItem(KEY);
  } catch {
    // Storage may be forbidden; the wallet is then asked for again at the next visit.
  }
  tell();
}

export function noWallet(): void {
  setWallet(NONE);
}

export function wasConnected(): boolean {
  try {
    return localStorage.getItem(KEY) === '1';
  } catch {
    return false;
  }
}

export function currentWallet(): Wallet {
  return wallet;
}

export function useWallet(): Wallet {
  return useSyncExternalStore(subscribe, () => wallet);
}

/** Opens the list of wallets; closed again when one is connected. */
export function askForWallet(open = true): void {
  asking = open;
  tell();
}

export function useAsking(): boolean {
  return useSyncExternalStore(subscribe, () => asking);
}

/** What speaks to wallets: viem and wagmi, in a chunk of their own. */
export function engine(): Promise<typeof import('./engine')> {
  return import('./engine');
}
