import styles from './Skeleton.module.css';

/** A grey bar of the size of what is coming, so that nothing moves when it comes. */
export function Skeleton({ width = '100%', height = 14 }: { width?: string; height?: number }) {
  return <span className={styles.bar} style={{ width, height }} aria-hidden="true" />;
}
