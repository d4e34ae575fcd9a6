import styles from './RowsSkeleton.module.css';
import { Skeleton } from './Skeleton';

export function RowsSkeleton({ label, rows }: { label: string; rows: number }) {
  return (
    <ul aria-busy="true" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <li key={row} className={styles.row}>
          <Skeleton width="40%" />
          <Skeleton width="18%" />
        </li>
      ))}
    </ul>
  );
}
