import type { Finality, Kind, ListingStatus } from '../api/types';
import { KIND_LABEL } from '../lib/kinds';
import styles from './Badge.module.css';
import { KindIcon } from './icons';

export function KindTile({ kind, large = false }: { kind: Kind; large?: boolean }) {
  return (
    <span className={styles.tile} data-kind={kind} data-large={large || undefined}>
      <KindIcon kind={kind} size={large ? 26 : 18} />
    </span>
  );
}

export function KindName({ kind }: { kind: Kind }) {
  return (
    <span className={styles.kind} data-kind={kind}>
      {KIND_LABEL[kind].one}
    </span>
  );
}

const STATUS_TEXT: Record<ListingStatus, { label: string; title: string }> = {
  active: { label: 'Active', title: 'Its plans can be bought.' },
  paused: { label: 'Paused', title: 'Sells nothing for now; the owner may resume it.' },
  retired: { label: 'Retired', title: 'Sells nothing any more; what was sold stays valid.' },
};

export function StatusBadge({ status }: { status: ListingStatus }) {
  const { label, title } = STATUS_TEXT[status];
  return (
    <span className={styles.status} data-status={status} title={title}>
      {label}
    </span>
  );
}

const FINALITY_TEXT: Record<Finality, { label: string; title: string }> = {
  latest: { label: 'Latest', title: 'In a recent block. A reorganisation of the chain could still remove it.' },
  safe: { label: 'Safe', title: 'In a safe block. Very unlikely to be removed.' },
  finalized: { label: 'Final', title: 'In a finalized block. It will not change.' },
};

/** One, two or three filled marks: how settled a block is. */
export function FinalityMark({ finality, compact = false }: { finality: Finality; compact?: boolean }) {
  const { label, title } = FINALITY_TEXT[finality];
  return (
    <span className={styles.finality} data-finality={finality} title={`${label}: ${title}`}>
      <span className={styles.marks} aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span className={compact ? 'visually-hidden' : undefined}>{label}</span>
    </span>
  );
}
