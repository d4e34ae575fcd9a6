import type { StatusAnswer } from './types';

/** What a live message, or a `retract`, makes stale. Message and query are matched here, without a network. */

export interface LiveMessage {
  type: 'message' | 'retract';
  about: 'block' | 'purchase' | 'listing' | 'event' | 'stats';
  topics: string[];
  cursor: string;
  chain_id: number;
  data: unknown;
}

/** Parts of the page's data, by the first words of their query keys. */
export type Stale = readonly [string, ...string[]];

function words(data: unknown): { id?: string; listing?: string; payer?: string; recipient?: string } {
  return typeof data === 'object' && data !== null ? data : {};
}

/** The keys that a message makes stale. What was taken back is as stale as what came. */
export function staleBy(message: LiveMessage): Stale[] {
  const stale: Stale[] = [];
  const { id, listing } = words(message.data);
  switch (message.about) {
    case 'block':
      // One that came is written into the status as it is told: see `withBlock`.
      if (message.type === 'retract') stale.push(['status']);
      break;
    case 'purchase':
      stale.push(['purchases'], ['market']);
      if (listing !== undefined) stale.push(['listing', listing]);
      break;
    case 'listing':
      stale.push(['listings'], ['facets']);
      if (id !== undefined) stale.push(['listing', id]);
      break;
    case 'event':
    case 'stats':
      break;
  }
  for (const topic of message.topics) {
    const [kind, about] = topic.split(/:(.*)/s);
    if (kind === 'listing' && about !== undefined) stale.push(['listing', about], ['flow', about]);
    if (kind === 'account' && about !== undefined) {
      stale.push(['account', about.toLowerCase()], ['spendings', about.toLowerCase()], ['staking']);
    }
  }
  if (message.type === 'retract') stale.push(['purchases'], ['listings']);
  return unique(stale);
}

function unique(stale: Stale[]): Stale[] {
  return [...new Map(stale.map((key) => [key.join('\n'), key])).values()];
}

/**
 * The status after a block that was told. A request for each block would use up a reader's share of requests within
 * the hour; what only the API knows, such as what is final, is asked for now and then. `null` for what is no news of a
 * chain that is known.
 */
export function withBlock(status: StatusAnswer, message: LiveMessage): StatusAnswer | null {
  const { number, hash, time } = message.data as { number?: unknown; hash?: unknown; time?: unknown };
  if (message.about !== 'block' || message.type !== 'message') return null;
  if (typeof number !== 'number' || typeof hash !== 'string' || typeof time !== 'string') return null;
  if (!status.data.chains.some(({ chain_id }) => chain_id === message.chain_id)) return null;
  const chains = status.data.chains.map((chain) => {
    if (chain.chain_id !== message.chain_id) return chain;
    const head = chain.head == null || chain.head.number < number ? { number, time } : chain.head;
    return { ...chain, indexed: { number, hash, time }, head, lag_blocks: head.number - number, lag_seconds: 0 };
  });
  return { ...status, data: { ...status.data, chains } };
}

export function readMessage(text: string): LiveMessage | null {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== 'object' || message === null || !('about' in message)) return null;
    return message as LiveMessage;
  } catch {
    return null;
  }
}
