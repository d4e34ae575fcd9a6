import { showUri } from '../lib/uri';
import { CopyButton } from './CopyButton';
import styles from './Uri.module.css';

/** A URI from the chain: linked only where that is safe, always copyable. */
export function Uri({ uri }: { uri: string }) {
  const { text, href } = showUri(uri);
  return (
    <span className={styles.uri}>
      {href === null ? (
        <span className={styles.text} title={uri.length > 300 ? undefined : uri}>
          {text}
        </span>
      ) : (
        <a className={styles.text} href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
          {text}
        </a>
      )}
      <CopyButton text={uri} label="URI" />
    </span>
  );
}
