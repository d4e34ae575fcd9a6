import styles from './Fingerprint.module.css';

const STEP = 4;
const BYTES = 32;

/** The bytes of `0x…` hex, 32 at most; what is not hex gives none. */
function bytes(hash: string): number[] {
  const pairs = hash.replace(/^0x/, '').match(/[0-9a-f]{2}/gi) ?? [];
  return pairs.slice(0, BYTES).map((pair) => Number.parseInt(pair, 16));
}

/**
 * A content hash drawn as a row of columns, one per byte: equal content looks equal, and a change
 * of one bit changes the whole row. The upper half of a byte is a column's shade, the lower its width.
 */
export function Fingerprint({ hash }: { hash: string }) {
  return (
    <svg className={styles.fingerprint} viewBox={`0 0 ${BYTES * STEP} 1`} preserveAspectRatio="none" aria-hidden="true">
      {bytes(hash).map((byte, at) => (
        // The order of the bytes is the picture, so the position is the key.
        // oxlint-disable-next-line react/no-array-index-key
        <rect key={at} x={at * STEP} width={1 + ((byte & 15) / 15) * 2.2} height={1} opacity={0.14 + ((byte >> 4) / 15) * 0.86} />
      ))}
    </svg>
  );
}
