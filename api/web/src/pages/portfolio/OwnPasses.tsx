import { Link } from '@tanstack/react-router';
import type { Pass } from '../../api/types';
import { Section } from '../../components/Section';
import { Count } from '../../components/Value';
import { day, fullTime } from '../../lib/time';
import styles from './PortfolioPage.module.css';

/** What the reader may use, what ends when, and where it is renewed. */
export function OwnPasses({ passes }: { passes: Pass[] }) {
  return (
    <Section title="Passes" note={passes.length > 0 ? `${passes.length}` : undefined}>
      {passes.length === 0 && (
        <p className={styles.empty}>
          None yet. <Link to="/">Look at what there is.</Link>
        </p>
      )}
      <ul>
        {passes.map((pass) => (
          <li key={pass.plan} className={styles.row} data-testid="own-pass" data-plan={pass.plan} data-expires={pass.expires_at}>
            <div className={styles.top}>
              <Link to="/listings/$listingId" params={{ listingId: pass.listing }}>
                <bdi>{pass.listing_name?.trim() || `Listing ${pass.listing}`}</bdi>
              </Link>
              <span className={styles.state} data-over={!pass.active || undefined}>
                {pass.active ? 'Valid' : 'Over'}
              </span>
            </div>
            <div className={styles.top}>
              <span className={styles.terms}>
                <Holds pass={pass} />
              </span>
              {pass.kind !== 'licence' && (
                <Link to="/listings/$listingId" params={{ listingId: pass.listing }} hash={`plan-${pass.plan}`} className={styles.link}>
                  {pass.kind === 'credits' ? 'Buy more' : 'Renew'}
                </Link>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Holds({ pass }: { pass: Pass }) {
  if (pass.kind === 'credits') {
    return (
      <>
        <Count value={pass.quantity} /> × <bdi>{pass.unit}</bdi> left
      </>
    );
  }
  if (pass.kind === 'licence') return <>Licence for good{pass.quantity !== '1' && ` × ${pass.quantity}`}</>;
  if (pass.expires_at == null) return <>Subscription</>;
  return (
    <>
      Subscription {pass.active ? 'until' : 'ended'}{' '}
      <time dateTime={pass.expires_at} title={fullTime(pass.expires_at)}>
        {day(pass.expires_at)}
      </time>
    </>
  );
}
