import { type ReactNode, useId, useState } from 'react';
import { shortHex } from '../lib/amount';
import styles from './FileHash.module.css';

interface FileHashProps {
  label: string;
  onHash: (hash: `0x${string}`, file: File) => void;
  /** What else can be done with the file, once it is hashed. */
  children?: ReactNode;
}

type State = { at: 'idle' } | { at: 'hashing'; part: number; name: string } | { at: 'done'; hash: string; name: string } | { at: 'failed'; why: string };

/** Takes a file, and says what its sha-256 is. The file stays on this device. */
export function FileHash({ label, onHash, children }: FileHashProps) {
  const id = useId();
  const [state, setState] = useState<State>({ at: 'idle' });
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    setState({ at: 'hashing', part: 0, name: file.name });
    try {
      const { hashFile } = await import('../lib/hash');
      let shown = 0;
      const hash = await hashFile(file, (part) => {
        if (part - shown < 0.01 && part < 1) return;
        shown = part;
        setState({ at: 'hashing', part, name: file.name });
      });
      setState({ at: 'done', hash, name: file.name });
      onHash(hash, file);
    } catch (error) {
      setState({ at: 'failed', why: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <div className={styles.file}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <input id={id} type="file" className={styles.input} onChange={(event) => void take(event.target.files?.[0])} />
      {state.at === 'hashing' && <progress className={styles.progress} value={state.part} max={1} aria-label={`Hashing ${state.name}`} />}
      {state.at === 'done' && (
        <p className={styles.says} data-testid="file-hash">
          sha-256 <code title={state.hash}>{shortHex(state.hash, 10, 8)}</code>
        </p>
      )}
      {state.at === 'done' && children}
      {state.at === 'failed' && <p className={styles.says}>The file could not be read: {state.why}</p>}
    </div>
  );
}
