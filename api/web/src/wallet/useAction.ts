import { useState } from 'react';
import type { Actor } from './engine';
import { Declined } from './refusal-kinds';
import type { Step } from './send';
import { askForWallet, currentWallet, engine } from './store';
import { useTransactions } from './book';
import { isSeen, type Tx } from './tx';

export interface Action {
  /** Something is being asked of the wallet or the chain. */
  busy: boolean;
  error: { message: string; declined: boolean } | null;
  /** What it sent, oldest first. */
  sent: Tx[];
  /** Every step was sent and the page's data holds the last: one that only allowed a payment has paid nothing. */
  done: boolean;
  /**
   * Makes the steps and sends them; asks for a wallet first where none is connected. What is sent in another way than by
   * steps is told by its id in the book.
   */
  run: (chainId: number, steps: (actor: Actor, began: (id: string) => void) => Promise<Step[]> | Step[]) => Promise<boolean>;
}

/** One thing that a reader does with the wallet, and how far it is. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Action['error']>(null);
  const [ids, setIds] = useState<string[]>([]);
  const [whole, setWhole] = useState(false);
  const all = useTransactions();
  const run: Action['run'] = async (chainId, steps) => {
    if (currentWallet().account === null) {
      askForWallet();
      return false;
    }
    setBusy(true);
    setError(null);
    setIds([]);
    setWhole(false);
    const [{ actor }, { sendSteps }, { toRefusal }] = await Promise.all([engine(), import('./send'), import('./refusal')]);
    try {
      const acting = await actor(chainId);
      const began = (id: string) => setIds((had) => [...had, id]);
      await sendSteps(acting, await steps(acting, began), began);
      setWhole(true);
      return true;
    } catch (thrown) {
      const refusal = toRefusal(thrown);
      setError({ message: refusal.message, declined: refusal instanceof Declined });
      return false;
    } finally {
      setBusy(false);
    }
  };
  const sent = ids.flatMap((id) => all.find((tx) => tx.id === id) ?? []);
  const last = sent.at(-1);
  return { busy, error, sent, done: whole && last !== undefined && isSeen(last), run };
}
