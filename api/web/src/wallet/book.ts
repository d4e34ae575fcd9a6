import { useSyncExternalStore } from 'react';
import { isOver, type Tx } from './tx';

/** The reader's transactions, kept over reloads. */
const KEY = 'stoa.transactions';
const KEPT = 20;

let book: Tx[] = load();
const listeners = new Set<() => void>();

function load(): Tx[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    // What a wallet was still showing at a reload was never sent, as far as the page can know.
    return Array.isArray(kept) ? (kept as Tx[]).filter(({ state }) => state !== 'wallet') : [];
  } catch {
    return [];
  }
}

function set(next: Tx[]): void {
  book = next.slice(0, KEPT);
  try {
    localStorage.setItem(KEY, JSON.stringify(book));
  } catch {
    // Storage may be forbidden; the list then lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

export function addTx(tx: Tx): void {
  set([tx, ...book]);
}

export function changeTx(id: string, change: (tx: Tx) => Tx): void {
  const next = book.map((tx) => (tx.id === id ? change(tx) : tx));
  if (next.some((tx, at) => tx !== book[at])) set(next);
}

export function dropTx(id: string): void {
  set(book.filter((tx) => tx.id !== id));
}

export function clearOver(): void {
  set(book.filter((tx) => !isOver(tx)));
}

export function transactions(): Tx[] {
  return book;
}

export function useTransactions(): Tx[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => book,
  );
}
