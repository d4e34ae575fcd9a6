import type { ReactNode } from 'react';
import type { Claimable } from '../api/types';
import styles from './Claims.module.css';
import { Amount } from './Value';

interface ClaimsProps {
  items: Claimable[];
  /** What stands beside something to claim, such as the button for it. */
  beside?: (claim: Claimable) => ReactNode;
}

/** What can be claimed, one line per token: amounts in different tokens are never added. */
export function Claims({ items, beside }: ClaimsProps) {
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
            {!/^0+$/.test(claim.claimable) && beside?.(claim)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
