import { Link } from '@tanstack/react-router';
import type { Pass } from '../../api/types';
import { Section } from '../../components/Section';
import { Count } from '../../components/Value';
import { day, fullTime } from '../../lib/time';
import styles from './AccountPage.module.css';

/** What the account has bought or was given, and until when it is valid. */
export function Passes({ passes }: { passes: Pass[] }) {
  return (
    <Section title="Passes">
      {passes.length === 0 && <p className={styles.empty}>It holds no pass.</p>}
      <ul>
        {passes.map((pass) => (
          <Row key={pass.plan} pass={pass} />
        ))}
      </ul>
    </Section>
  );
}

function Row({ pass }: { pass: Pass }) {
  const name = pass.listing_name?.trim();
  return (
    <li className={styles.row} data-testid="pass" data-active={pass.active || undefined}>
      <p className={styles.top}>
        <Link to="/listings/$listingId" params={{ listingId: pass.listing }}>
          <bdi>{name ? name : `Listing ${pass.listing}`}</bdi>
        </Link>
        <span className={styles.state} data-over={!pass.active || undefined}>
          {pass.active ? 'Valid' : 'Over'}
        </span>
      </p>
      <p className={styles.terms}>
        <Holds pass={pass} /> · {pass.transferable ? 'transferable' : 'not transferable'} · plan {pass.plan}
      </p>
    </li>
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
  if (pass.kind === 'licence') {
    return (
      <>
        Licence for good{pass.quantity !== '1' && ' × '}
        {pass.quantity !== '1' && <Count value={pass.quantity} />}
      </>
    );
  }
  if (pass.expires_at == null) return <>Subscription{pass.active && ' past the year 9999'}</>;
  return (
    <>
      Subscription {pass.active ? 'until' : 'ended'}{' '}
      <time dateTime={pass.expires_at} title={fullTime(pass.expires_at)}>
        {day(pass.expires_at)}
      </time>
    </>
  );
}
