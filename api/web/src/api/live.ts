import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { withQuery } from './client';
import { restMs } from './connection';
import { readMessage, type Stale, staleBy, withBlock } from './topics';
import type { StatusAnswer } from './types';

/** Told to every page; a page adds what it is about. */
const ALWAYS = ['blocks', 'purchases', 'listings'];
/** A busy block has many messages: what they make stale is read again once. */
const GATHER_MS = 250;
/** How often the API is asked what is final while blocks are told. */
const STATUS_MS = 12_000;
const RETRY_MS = [1000, 2000, 5000, 10_000];

type State = 'connecting' | 'live' | 'down';

const wanted = new Map<string, number>();
const listeners = new Set<() => void>();
let state: State = 'connecting';
let source: EventSource | null = null;
let cursor: string | null = null;
let failures = 0;
let statusAt = 0;
let client: QueryClient | null = null;
let reopening: ReturnType<typeof setTimeout> | undefined;
let gathering: ReturnType<typeof setTimeout> | undefined;
const stale = new Map<string, Stale>();

function set(next: State): void {
  if (state === next) return;
  state = next;
  for (const listener of listeners) listener();
}

function topics(): string {
  return [...ALWAYS, ...wanted.keys()].slice(0, 100).join(',');
}

function reopen(after: number): void {
  clearTimeout(reopening);
  reopening = setTimeout(open, after);
}

function retry(): void {
  set('down');
  reopen(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 1000);
  failures += 1;
}

function open(): void {
  source?.close();
  const from = cursor;
  const opened = new EventSource(withQuery('/v1/stream', { topics: topics(), after: from }));
  source = opened;
  opened.addEventListener('open', () => {
    failures = 0;
    set('live');
    // Without a cursor the stream begins now, and what was read before may be older.
    if (from === null) void client?.invalidateQueries();
  });
  for (const name of ['message', 'retract']) opened.addEventListener(name, (event) => hear(event as MessageEvent<string>));
  opened.addEventListener('heartbeat', remember);
  opened.addEventListener('close', (event) => {
    opened.close();
    const { reason } = JSON.parse((event as MessageEvent<string>).data) as { reason?: string };
    if (reason === 'expired' || reason === 'reset') cursor = null;
    else remember(event);
    set('down');
    reopen(RETRY_MS[0] ?? 1000);
  });
  opened.addEventListener('error', () => {
    if (opened !== source) return;
    // A stream that the API refuses is not asked for again by the browser. Its cursor may be too old.
    if (opened.readyState === EventSource.CLOSED) cursor = null;
    opened.close();
    retry();
  });
}

function remember(event: Event): void {
  const { lastEventId } = event as MessageEvent<string>;
  if (lastEventId !== '') cursor = lastEventId;
}

function hear(event: MessageEvent<string>): void {
  remember(event);
  const message = readMessage(event.data);
  if (message === null) return;
  client?.setQueryData<StatusAnswer>(['status'], (status) => status && (withBlock(status, message) ?? status));
  // Written anew with each block, the status is never old enough to be asked for by itself.
  if (message.about === 'block' && Date.now() - statusAt > STATUS_MS) {
    statusAt = Date.now();
    stale.set('status', ['status']);
  }
  for (const key of staleBy(message)) stale.set(key.join('\n'), key);
  gathering ??= setTimeout(flush, GATHER_MS);
}

/** Reads what became stale again; not while nobody looks, nor while the API wants no more from here. */
function flush(): void {
  const rest = restMs();
  if (rest > 0 || document.hidden) {
    // A page that is looked at again is flushed then, see `startLive`.
    gathering = rest > 0 ? setTimeout(flush, rest) : undefined;
    return;
  }
  gathering = undefined;
  const keys = [...stale.values()];
  stale.clear();
  for (const queryKey of keys) void client?.invalidateQueries({ queryKey });
}

/** Opens the stream; what it tells makes queries of `queries` stale. */
export function startLive(queries: QueryClient): void {
  client = queries;
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && stale.size > 0) gathering ??= setTimeout(flush, 0);
  });
  // The browser knows at once; a stream that was cut may be silent for long.
  window.addEventListener('offline', () => {
    source?.close();
    retry();
    void queries.invalidateQueries({ queryKey: ['status'] });
  });
  window.addEventListener('online', () => {
    failures = 0;
    reopen(0);
    void queries.invalidateQueries();
  });
  open();
}

/** Whether changes are being told, so that nothing has to be asked for in turns. */
export function isLive(): boolean {
  return state === 'live';
}

export function useLive(): State {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** Asks to be told of a listing or an account for as long as the component is shown. */
export function useTopic(topic: string | null): void {
  useEffect(() => {
    if (topic === null) return;
    const users = wanted.get(topic) ?? 0;
    wanted.set(topic, users + 1);
    if (users === 0 && source !== null) reopen(0);
    return () => {
      const left = (wanted.get(topic) ?? 1) - 1;
      // A topic that nobody wants any more is harmless: it goes with the next connection.
      if (left === 0) wanted.delete(topic);
      else wanted.set(topic, left);
    };
  }, [topic]);
}
