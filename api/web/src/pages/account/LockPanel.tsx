import type { Lock } from '../../api/types';
import { Claims } from '../../components/Claims';
import { Section } from '../../components/Section';
import { Quantity } from '../../components/Value';
import { day, fullTime } from '../../lib/time';
import styles from './AccountPage.module.css';

/** Staked STOA: until when, what it weighs, and what it has earned. */
export function LockPanel({ lock }: { lock: Lock | null }) {
  return (
    <Section title="Staked" note={lock?.active ? `tier ${lock.tier}` : undefined}>
      {lock == null ? (
        <p className={styles.empty}>It has staked nothing.</p>
      ) : (
        <div className={styles.row} data-testid="lock">
          <p className={styles.top}>
            <Quantity base={lock.amount} unit="STOA" />
            <span className={styles.state} data-over={!lock.active || undefined}>
              {lock.active ? 'Locked' : 'Not locked'}
            </span>
          </p>
          <p className={styles.terms}>
            score <Quantity base={lock.score} unit="" digits={4} />
            {lock.ends_at != null && (
              <>
                {' '}
                · {lock.active ? 'until' : 'ended'}{' '}
                <time dateTime={lock.ends_at} title={fullTime(lock.ends_at)}>
                  {day(lock.ends_at)}
                </time>
              </>
            )}
            {lock.reinvest && ' · reinvests'}
          </p>
          <Claims items={lock.claimable} />
        </div>
      )}
    </Section>
  );
}
