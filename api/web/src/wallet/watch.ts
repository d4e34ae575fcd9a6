import type { QueryClient } from '@tanstack/react-query';
import { getStatus, getTransaction, ProblemError } from '../api/client';
import { changeTx, transactions } from './book';
import { currentWallet, engine } from './store';
import { advance, isOver, isSeen, type Sight, type Tx } from './tx';

const LOOK_MS = 1000;

/** Follows the reader's transactions until each is final, dropped or failed; also after a reload. */
export function watchTransactions(client: QueryClient): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async () => {
    for (const tx of transactions().filter((each) => !isOver(each) && each.hash !== null)) {
      const seen = isSeen(tx);
      const sight = await lookAt(tx).catch((): Sight => ({}));
      changeTx(tx.id, (now) => advance(now, sight));
      const next = transactions().find(({ id }) => id === tx.id);
      // Everything that it may have changed is read again: the reader waits for it.
      if (next !== undefined && isSeen(next) !== seen) void client.invalidateQueries();
    }
    if (!stopped) timer = setTimeout(() => void look(), LOOK_MS);
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

async function lookAt(tx: Tx): Promise<Sight> {
  const signal = new AbortController().signal;
  const [chain, node] = await Promise.all([chainOf(tx, signal), fromNode(tx)]);
  const block = node.receipt?.block ?? tx.block;
  const ask = tx.told && chain !== undefined && block !== null && chain.indexed.number >= block;
  const api = ask ? await fromApi(tx, signal) : undefined;
  return {
    ...node,
    ...(api !== undefined && { api }),
    ...(chain && { indexed: chain.indexed.number, finalized: chain.finalized_block }),
  };
}

async function chainOf(tx: Tx, signal: AbortSignal) {
  const { data } = await getStatus(signal);
  return data.chains.find(({ chain_id }) => chain_id === tx.chainId);
}

async function fromApi(tx: Tx, signal: AbortSignal): Promise<Sight['api']> {
  try {
    const { data } = await getTransaction(tx.hash ?? '', tx.chainId, signal);
    return { block: data.block_number, final: data.finality === 'finalized' };
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  }
}

async function fromNode(tx: Tx): Promise<Sight> {
  if (currentWallet().account === null || tx.hash === null) return {};
  const client = await (await engine()).reader(tx.chainId);
  if (client === null) return {};
  // The count first: a block that came in between must not make it look as if another had used the nonce.
  const used = await client.getTransactionCount({ address: tx.account });
  const receipt = await client.getTransactionReceipt({ hash: tx.hash }).catch((error: Error) => {
    if (error.name === 'TransactionReceiptNotFoundError') return null;
    throw error;
  });
  if (receipt !== null) return { receipt: { block: Number(receipt.blockNumber), ok: receipt.status === 'success' } };
  return { receipt: null, nonceUsed: tx.nonce !== null && used > tx.nonce };
}
