import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask, signIn } from '../api/session';
import type { UploadLimitsAnswer } from '../api/types';
import { uploadFile } from '../api/upload';
import { askForWallet, engine, useWallet } from '../wallet/store';
import { Button } from './Form';
import styles from './FileHash.module.css';

interface UploadProps {
  file: File;
  sha256: `0x${string}`;
  /** Where the account signs in. */
  chainId: number;
  onUploaded: (uri: string) => void;
}

type State = { at: 'idle' } | { at: 'signing' } | { at: 'sending'; part: number } | { at: 'done'; uri: string } | { at: 'failed'; why: string };

/** Puts a file into this server's store, where it takes files: who uploads is signed in by a signature of the wallet. */
export function Upload({ file, sha256, chainId, onUploaded }: UploadProps) {
  const { data: limits } = useQuery({
    queryKey: ['upload-limits'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => (await ask('/v1/content', { signal })) as UploadLimitsAnswer['data'],
  });
  const { account } = useWallet();
  const [state, setState] = useState<State>({ at: 'idle' });
  if (limits === undefined || limits.most === 0) return null;
  if (file.size > limits.most) return <p className={styles.says}>This server takes files of up to {limits.most.toLocaleString('en')} bytes: put this one elsewhere.</p>;

  const send = async () => {
    if (account === null) {
      askForWallet();
      return;
    }
    setState({ at: 'signing' });
    try {
      const { actor } = await engine();
      const { write } = await actor(chainId);
      await signIn(account, chainId, (message) => write.signMessage({ account, message }));
      setState({ at: 'sending', part: 0 });
      const { uri } = await uploadFile(file, sha256, (part) => setState({ at: 'sending', part }));
      setState({ at: 'done', uri });
      onUploaded(uri);
    } catch (error) {
      const { toRefusal } = await import('../wallet/refusal');
      setState({ at: 'failed', why: toRefusal(error).message });
    }
  };

  if (state.at === 'done') {
    return (
      <p className={styles.says} data-testid="uploaded">
        Kept here as <code>{state.uri}</code>
      </p>
    );
  }
  return (
    <>
      {state.at === 'sending' ? (
        <progress className={styles.progress} value={state.part} max={1} aria-label={`Uploading ${file.name}`} />
      ) : (
        <Button small data-testid="upload" disabled={state.at === 'signing'} onClick={() => void send()}>
          {state.at === 'signing' ? 'Sign in with your wallet…' : 'Upload it to this server'}
        </Button>
      )}
      {state.at === 'failed' && (
        <p className={styles.says} role="alert">
          {state.why}
        </p>
      )}
    </>
  );
}
