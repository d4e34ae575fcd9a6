import type { Listing, Plan } from '../../api/types';
import { Section } from '../../components/Section';
import { Amount, Count } from '../../components/Value';
import { shortHex } from '../../lib/amount';
import styles from './Plans.module.css';

const PLAN_LABEL: Record<Plan['kind'], { name: string; gives: string }> = {
  licence: { name: 'Licence', gives: 'for good' },
  subscription: { name: 'Subscription', gives: 'for a period' },
  credits: { name: 'Credits', gives: 'units to spend' },
};

export function Plans({ listing }: { listing: Listing }) {
  const { plans } = listing;
  return (
    <Section title="Plans">
      {plans.length === 0 && <p className={styles.empty}>Its owner offers no plan yet.</p>}
      <ul>
        {plans.map((plan) => (
          <PlanRow key={plan.id} plan={plan} sells={listing.status === 'active'} />
        ))}
      </ul>
    </Section>
  );
}

function PlanRow({ plan, sells }: { plan: Plan; sells: boolean }) {
  const label = PLAN_LABEL[plan.kind];
  const soldOut = plan.cap != null && plan.cap !== '0' && BigInt(plan.sold) >= BigInt(plan.cap);
  return (
    <li className={styles.plan}>
      <div className={styles.top}>
        <span className={styles.name}>
          {label.name} <span className={styles.gives}>{label.gives}</span>
        </span>
        <PlanState paused={plan.paused || !sells} soldOut={soldOut} />
      </div>
      <p className={styles.price}>
        <Amount base={plan.price} token={plan.token} free />
      </p>
      <p className={styles.terms}>
        <Sold plan={plan} /> · {plan.transferable ? 'transferable' : 'not transferable'} · plan {plan.id}
      </p>
      {!/^0+$/.test(plan.price) && (
        <p className={styles.terms}>
          paid in <span title={plan.token.name ?? undefined}>token</span>{' '}
          <code title={plan.token.address}>{shortHex(plan.token.address)}</code>
        </p>
      )}
    </li>
  );
}

function PlanState({ paused, soldOut }: { paused: boolean; soldOut: boolean }) {
  if (paused) return <span className={styles.state}>Not for sale now</span>;
  if (soldOut) return <span className={styles.state}>Sold out</span>;
  return null;
}

function Sold({ plan }: { plan: Plan }) {
  if (plan.cap == null || plan.cap === '0') {
    return (
      <>
        <Count value={plan.sold} /> sold
      </>
    );
  }
  return (
    <>
      <Count value={plan.sold} /> of <Count value={plan.cap} /> sold
    </>
  );
}
