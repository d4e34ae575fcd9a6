import styles from './MoreButton.module.css';

interface MoreButtonProps {
  label: string;
  loading: boolean;
  error: Error | null;
  onClick: () => void;
}

export function MoreButton({ label, loading, error, onClick }: MoreButtonProps) {
  return (
    <div className={styles.more}>
      {error && (
        <p className={styles.error} role="alert">
          {error.message}
        </p>
      )}
      <button type="button" className={styles.button} aria-disabled={loading} onClick={onClick}>
        {loading ? 'Loading…' : label}
      </button>
    </div>
  );
}
