import type { Claimable } from '../api/types';
import styles from './Claims.module.css';
import { Amount } from './Value';

/** What can be claimed, one line per token: amounts in different tokens are never added. */
export function Claims({ items }: { items: Claimable[] }) {
  if (items.length === 0) return null;
  return (
    <dl className={styles.claims}>
      {items.map(({ token, claimable, claimed }) => (
        <div key={token.address} className={styles.line}>
          <dt>Claimable</dt>
          <dd>
            <Amount base={claimable} token={token} />
            {!/^0+$/.test(claimed) && (
              <span className={styles.claimed}>
                <Amount base={claimed} token={token} /> claimed
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
