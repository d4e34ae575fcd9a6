/** What a live message, or a `retract`, makes stale. Message and query are matched here, without a network. */

export interface LiveMessage {
  type: 'message' | 'retract';
  about: 'block' | 'purchase' | 'listing' | 'event' | 'stats';
  topics: string[];
  cursor: string;
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
      stale.push(['status']);
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

export function readMessage(text: string): LiveMessage | null {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== 'object' || message === null || !('about' in message)) return null;
    return message as LiveMessage;
  } catch {
    return null;
  }
}
