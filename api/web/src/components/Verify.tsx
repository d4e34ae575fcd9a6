import { useEffect, useId, useRef, useState } from 'react';
import type { Names, Source } from '../lib/content';
import { formatBytes } from '../lib/bytes';
import { AbsentError, lookUp, placesOf } from '../lib/places';
import { Button } from './Form';
import { CheckIcon, CloseIcon } from './icons';
import styles from './Verify.module.css';

type State =
  | { at: 'idle' }
  | { at: 'reading'; read: number; size: number | null }
  | { at: 'same'; how: 'plain' | 'tree'; read: number; from: string }
  | { at: 'other'; names: Names; from: string }
  | { at: 'absent'; why: string };

/** How often the bar moves: every piece would draw it hundreds of times a second. */
const TICK_MS = 100;

function useVerify(hash: string) {
  const [state, setState] = useState<State>({ at: 'idle' });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  /** Names what `find` finds, and compares. */
  const run = async (from: string, find: (signal: AbortSignal) => Promise<{ sources: Source[]; size: number | null; from?: string }>) => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    const set = (next: State) => {
      if (running.current === own) setState(next);
    };
    set({ at: 'reading', read: 0, size: null });
    try {
      const [{ nameContent, matches }, found] = await Promise.all([import('../lib/content'), find(own.signal)]);
      let [read, shown] = [0, 0];
      const names = await nameContent(
        found.sources,
        (bytes) => {
          read += bytes;
          if (performance.now() - shown < TICK_MS) return;
          shown = performance.now();
          set({ at: 'reading', read, size: found.size });
        },
        own.signal,
      );
      const how = matches(names, hash);
      const place = found.from ?? from;
      set(how === null ? { at: 'other', names, from: place } : { at: 'same', how, read, from: place });
    } catch (error) {
      if (own.signal.aborted) set({ at: 'idle' });
      else set({ at: 'absent', why: error instanceof Error ? error.message : String(error) });
    }
  };
  return { state, run, stop: () => running.current?.abort() };
}

/** Fetches a version's content, names it in this browser, and compares with the hash on the chain. */
export function VerifyContent({ uris, hash }: { uris: readonly string[]; hash: string }) {
  const { state, run, stop } = useVerify(hash);
  const start = () =>
    void run('', async (signal) => {
      const reasons: string[] = [];
      for (const place of placesOf(uris, hash, window.location.origin)) {
        try {
          return { ...(await lookUp(place, signal)), from: place.uri };
        } catch (error) {
          if (!(error instanceof AbsentError)) throw error;
          reasons.push(error.message);
        }
      }
      throw new AbsentError(`This server does not keep it (${reasons.at(-1) ?? 'it is elsewhere'}).`);
    });
  return (
    <div className={styles.verify} data-testid="verify-content">
      {state.at === 'reading' ? (
        <Reading {...state} stop={stop} />
      ) : (
        <Button small onClick={start} data-testid="verify">
          {state.at === 'idle' ? 'Verify' : 'Verify again'}
        </Button>
      )}
      <Verdict state={state} hash={hash} />
      {state.at === 'absent' && <CheckFile hash={hash} />}
    </div>
  );
}

/** Compares a file on this device with the hash on the chain. */
export function CheckFile({ hash }: { hash: string }) {
  const id = useId();
  const { state, run, stop } = useVerify(hash);
  const take = (file: File | undefined) => {
    if (file === undefined) return;
    const source: Source = { path: '', open: async () => file.stream() };
    void run(file.name, async () => ({ sources: [source], size: file.size }));
  };
  return (
    <div className={styles.verify}>
      <label htmlFor={id} className={styles.label}>
        Check what you downloaded
      </label>
      <input id={id} type="file" className={styles.file} onChange={(event) => take(event.target.files?.[0])} />
      {state.at === 'reading' && <Reading {...state} stop={stop} />}
      <Verdict state={state} hash={hash} />
    </div>
  );
}

function Reading({ read, size, stop }: { read: number; size: number | null; stop: () => void }) {
  return (
    <div className={styles.bar}>
      <span>
        {formatBytes(read)}
        {size !== null && ` of ${formatBytes(size)}`}
      </span>
      <Button small look="quiet" onClick={stop}>
        Stop
      </Button>
      <progress aria-label="Read so far" {...(size !== null && size > 0 && { value: Math.min(read, size), max: size })} />
    </div>
  );
}

const HOW = { plain: 'Its sha-256 is the hash on the chain.', tree: 'Its IPFS name is the hash on the chain.' };

function Verdict({ state, hash }: { state: State; hash: string }) {
  return (
    <output aria-live="polite" data-testid="hash-verdict">
      {state.at === 'same' && (
        <div className={styles.verdict} data-tone="good">
          <CheckIcon />
          <strong>It is exactly what the chain names.</strong>
          <span>
            {HOW[state.how]} Computed here from {formatBytes(state.read)} of {state.from}.
          </span>
        </div>
      )}
      {state.at === 'other' && (
        <div className={styles.verdict} data-tone="bad">
          <CloseIcon />
          <strong>It is not what the chain names.</strong>
          <span>
            The chain says <code>{hash}</code>. {state.from} is{' '}
            {state.names.plain !== null && state.names.plain !== state.names.tree && (
              <>
                <code>{state.names.plain}</code> by sha-256 and{' '}
              </>
            )}
            <code>{state.names.tree}</code> by IPFS. Do not use it.
          </span>
        </div>
      )}
      {state.at === 'absent' && (
        <div className={styles.verdict}>
          <strong>It could not be fetched from here.</strong>
          <span>{state.why} Nothing is said about the content. Download it and check the file:</span>
        </div>
      )}
    </output>
  );
}
