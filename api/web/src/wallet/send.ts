import type { Hex as Bytes } from 'viem';
import { addTx, changeTx, dropTx } from './book';
import type { Actor } from './engine';
import { toRefusal } from './refusal';
import { Refused } from './refusal-kinds';
import type { Hex } from './store';

/** One transaction to be. */
export interface Step {
  title: string;
  to: Hex;
  data: Bytes;
  value?: bigint;
  /** The page that it is about. */
  about?: string;
  /** False for what emits no event of ours: an allowance of a token. */
  told?: boolean;
}

const WAIT_MS = 10 * 60_000;

/** Tries a step as it would be sent, so that a refusal costs nothing. */
export async function tryStep(actor: Actor, step: Step): Promise<void> {
  const { to, data, value = 0n } = step;
  try {
    await actor.read.call({ account: actor.account, to, data, value });
  } catch (error) {
    throw toRefusal(error);
  }
}

/** Sends the steps one after the other, each once the one before is in a block. Answers their ids in the book. */
export async function sendSteps(actor: Actor, steps: Step[], began: (id: string) => void = () => {}): Promise<string[]> {
  const ids: string[] = [];
  for (const [at, step] of steps.entries()) {
    await tryStep(actor, step);
    const id = crypto.randomUUID();
    const last = at === steps.length - 1;
    began(id);
    ids.push(id);
    await sendStep(actor, step, id, !last);
  }
  return ids;
}

async function sendStep(actor: Actor, step: Step, id: string, wait: boolean): Promise<void> {
  const { account, chainId, read, write } = actor;
  const { to, data, value = 0n, title, about = null, told = true } = step;
  addTx({ id, chainId, account, title, about, hash: null, nonce: null, state: 'wallet', block: null, at: Date.now(), told });
  let hash: Hex;
  try {
    hash = await write.sendTransaction({ account, chain: null, to, data, value });
  } catch (error) {
    dropTx(id);
    throw toRefusal(error);
  }
  changeTx(id, (tx) => ({ ...tx, hash, state: 'sent' }));
  // A node that has it tells its nonce, by which a replacement is recognised.
  void read.getTransaction({ hash }).then(
    ({ nonce }) => changeTx(id, (tx) => ({ ...tx, nonce })),
    () => {},
  );
  if (!wait) return;
  const receipt = await read.waitForTransactionReceipt({ hash, pollingInterval: 500, timeout: WAIT_MS }).catch((error: unknown) => {
    throw toRefusal(error);
  });
  if (receipt.status !== 'success') throw new Refused(`“${title}” failed in block ${receipt.blockNumber}. Nothing after it was sent.`);
}
