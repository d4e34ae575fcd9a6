import { Link } from '@tanstack/react-router';
import type { Action } from '../wallet/useAction';
import type { Tx, TxState as State } from '../wallet/tx';
import styles from './TxState.module.css';
import { Count, Hex } from './Value';

export const TX_WORDS: Record<State, { label: string; says: string }> = {
  wallet: { label: 'Waiting for your wallet', says: 'Look at your wallet and agree there, or decline.' },
  sent: { label: 'Sent', says: 'On its way into a block.' },
  mined: { label: 'In a block', says: 'The page has not read that block yet.' },
  seen: { label: 'Done', says: 'Done, and shown here. A reorganisation could still undo it until its block is final.' },
  final: { label: 'Final', says: 'Done for good.' },
  failed: { label: 'Failed', says: 'It is in a block, did nothing, and cost its gas.' },
  reorged: { label: 'Taken back', says: 'Its block was replaced by another. It will most likely be in a later block.' },
  dropped: { label: 'Dropped', says: 'Another transaction of yours took its place. It did nothing.' },
};

/** One transaction, in words that claim no more than is known. */
export function TxRow({ tx, link = false }: { tx: Tx; link?: boolean }) {
  const { label, says } = TX_WORDS[tx.state];
  return (
    <div className={styles.row} data-state={tx.state} data-testid="transaction">
      <span className={styles.dot} aria-hidden="true" />
      <div className={styles.words}>
        <p className={styles.title}>{link && tx.about !== null ? <Link to={tx.about}>{tx.title}</Link> : tx.title}</p>
        <p className={styles.says}>
          <strong>{label}.</strong> {says}
        </p>
        {tx.hash !== null && (
          <p className={styles.says}>
            <Hex value={tx.hash} label="transaction hash" />
            {tx.block !== null && (
              <>
                {' '}
                block <Count value={tx.block} />
              </>
            )}
          </p>
        )}
      </div>
    </div>
  );
}

/** How far an action is, and what went wrong. Read out as it changes. */
export function ActionState({ action, compact = false }: { action: Action; compact?: boolean }) {
  const { sent, error, busy } = action;
  const shown = compact ? sent.slice(-1) : sent;
  return (
    <div className={styles.action} aria-live="polite" data-empty={(shown.length === 0 && error === null && !busy) || undefined}>
      {shown.map((tx) => (
        <TxRow key={tx.id} tx={tx} />
      ))}
      {busy && shown.length === 0 && <p className={styles.says}>Asking your wallet and the chain…</p>}
      {error !== null && (
        <p className={styles.error} data-declined={error.declined || undefined} data-testid="refusal">
          {error.message}
        </p>
      )}
    </div>
  );
}
