import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { statusQuery } from '../../api/queries';
import type { Listing, Plan } from '../../api/types';
import { Button } from '../../components/Form';
import { Section } from '../../components/Section';
import { Amount, Count, Hex } from '../../components/Value';
import { Window } from '../../components/Window';
import { shortHex } from '../../lib/amount';
import { day, formatPeriod, fullTime, perPeriod } from '../../lib/time';
import styles from './Plans.module.css';

const BuyDialog = lazy(() => import('./BuyDialog'));

export const PLAN_NAME: Record<Plan['kind'], string> = {
  licence: 'Licence',
  subscription: 'Subscription',
  credits: 'Credits',
};

export function Plans({ listing }: { listing: Listing }) {
  const { plans } = listing;
  return (
    <Section title="Plans">
      <SalesPause chain={Number(listing.id.split('-')[0])} />
      {plans.length === 0 && <p className={styles.empty}>Its owner offers no plan yet.</p>}
      <ul>
        {plans.map((plan) => (
          <PlanRow key={plan.id} listing={listing} plan={plan} sells={listing.status === 'active'} />
        ))}
      </ul>
    </Section>
  );
}

/** The guardian may pause the new sales of a whole chain for some days. */
function SalesPause({ chain }: { chain: number }) {
  const { data } = useQuery(statusQuery());
  const until = data?.data.chains.find(({ chain_id }) => chain_id === chain)?.protocol?.paused_until;
  if (until == null) return null;
  return (
    <p className={styles.empty}>
      New sales on this chain are paused until{' '}
      <time dateTime={until} title={fullTime(until)}>
        {day(until)}
      </time>
      .
    </p>
  );
}

function PlanRow({ listing, plan, sells }: { listing: Listing; plan: Plan; sells: boolean }) {
  return (
    <li className={styles.plan} id={`plan-${plan.id}`} data-testid="plan" data-plan-kind={plan.kind}>
      <div className={styles.top}>
        <span className={styles.name}>
          {PLAN_NAME[plan.kind]}{' '}
          <span className={styles.gives}>
            <Gives plan={plan} />
          </span>
        </span>
        <PlanState plan={plan} sells={sells} />
      </div>
      <p className={styles.price}>
        <Amount base={plan.price} token={plan.token} free />
        {plan.period != null && <span className={styles.per}> {perPeriod(plan.period)}</span>}
      </p>
      <p className={styles.terms}>
        <Sold plan={plan} /> · {plan.transferable ? 'transferable' : 'not transferable'} · plan {plan.id}
      </p>
      <Window from={plan.sells_from} until={plan.sells_until} className={styles.terms} />
      {plan.gate != null && (
        <p className={styles.terms}>
          <Gate plan={plan} gate={plan.gate} />
        </p>
      )}
      {!/^0+$/.test(plan.price) && (
        <p className={styles.terms}>
          paid in <span title={plan.token.name ?? undefined}>token</span>{' '}
          <code title={plan.token.address}>{shortHex(plan.token.address)}</code>
        </p>
      )}
      {sells && plan.on_sale && <Buy listing={listing} plan={plan} />}
    </li>
  );
}

function Buy({ listing, plan }: { listing: Listing; plan: Plan }) {
  const [open, setOpen] = useState(false);
  const { data } = useQuery(statusQuery());
  const chain = data?.data.chains.find(({ chain_id }) => chain_id === listing.chain_id);
  return (
    <>
      <Button look="solid" data-testid="buy" disabled={chain === undefined} onClick={() => setOpen(true)}>
        {/^0+$/.test(plan.price) ? 'Get it' : 'Buy'}
      </Button>
      {open && chain !== undefined && (
        <Suspense fallback={null}>
          <BuyDialog listing={listing} plan={plan} chain={chain} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

/** Whom the plan's gate lets buy. */
function Gate({ plan, gate }: { plan: Plan; gate: string }) {
  const rule = plan.gate_rule;
  if (rule?.kind === 'tier' && rule.tier != null) return <>only for stakers of tier {rule.tier} and above</>;
  if (rule?.kind === 'list' && rule.root != null) {
    return (
      <>
        only for accounts on a list, whose root is <Hex value={rule.root} label="list's root" />
      </>
    );
  }
  if (rule?.kind === 'holding' && rule.token != null) {
    return (
      <>
        only for wallets that hold <Count value={rule.amount ?? '0'} /> base units of token{' '}
        <Hex value={rule.token} label="token's address" />
      </>
    );
  }
  if (rule != null && rule.kind !== 'other') return <>nobody may buy yet: its gate was told no rule</>;
  return (
    <>
      only for buyers whom contract <Hex value={gate} label="gate's address" /> admits
    </>
  );
}

/** What one purchase gives, beside the plan's name. */
function Gives({ plan }: { plan: Plan }) {
  if (plan.units != null) {
    return (
      <>
        <Count value={plan.units} /> × <bdi>{plan.unit}</bdi>
      </>
    );
  }
  return plan.period == null ? 'for good' : formatPeriod(plan.period);
}

function PlanState({ plan, sells }: { plan: Plan; sells: boolean }) {
  const soldOut = plan.cap != null && BigInt(plan.sold) >= BigInt(plan.cap);
  const text = !sells || plan.paused ? 'Not for sale now' : soldOut ? 'Sold out' : 'Not on sale now';
  if (sells && plan.on_sale) return null;
  return <span className={styles.state}>{text}</span>;
}

function Sold({ plan }: { plan: Plan }) {
  if (plan.cap == null) {
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
