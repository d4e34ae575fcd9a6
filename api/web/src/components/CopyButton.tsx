import { useEffect, useState } from 'react';
import styles from './CopyButton.module.css';
import { CheckIcon, CopyIcon } from './icons';

const SHOWN_MS = 1600;

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  // Browsers offer the clipboard to secure origins only.
  if (!('clipboard' in navigator)) return null;
  return (
    <button
      type="button"
      className={styles.button}
      data-copied={copied || undefined}
      aria-label={copied ? `Copied ${label}` : `Copy ${label}`}
      title={copied ? 'Copied' : `Copy ${label}`}
      onClick={() => {
        navigator.clipboard.writeText(text).then(
          () => setCopied(true),
          () => setCopied(false),
        );
      }}
    >
      {copied ? <CheckIcon /> : <CopyIcon />}
    </button>
  );
}
