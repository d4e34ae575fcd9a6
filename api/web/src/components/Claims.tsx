import type { ReactNode } from 'react';
import type { Claimable } from '../api/types';
import styles from './Claims.module.css';
import { Amount } from './Value';

/** What can be claimed, one line per token: amounts in different tokens are never added. */
export function Claims({ items, action }: { items: Claimable[]; action?: (claim: Claimable) => ReactNode }) {
  if (items.length === 0) return null;
  return (
    <dl className={styles.claims}>
      {items.map((claim) => (
        <div key={claim.token.address} className={styles.line}>
          <dt>Claimable</dt>
          <dd>
            <Amount base={claim.claimable} token={claim.token} />
            {!/^0+$/.test(claim.claimed) && (
              <span className={styles.claimed}>
                <Amount base={claim.claimed} token={claim.token} /> claimed
              </span>
            )}
            {action?.(claim)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
