import { useQuery } from '@tanstack/react-query';
import { pricesQuery } from '../../api/queries';
import type { Listing, Price } from '../../api/types';
import { Section } from '../../components/Section';
import { Amount } from '../../components/Value';
import { useNow } from '../../lib/clock';
import { day, fullTime } from '../../lib/time';
import styles from './Prices.module.css';
import { PLAN_NAME } from './Plans';

/** What each plan cost, and from when on. Nothing while no price was ever changed: the plans say it then. */
export function Prices({ listing }: { listing: Listing }) {
  const { data = [] } = useQuery(pricesQuery(listing.id));
  const changed = listing.plans.map((plan) => ({ plan, prices: data.filter((price) => price.plan === plan.id) })).filter(({ prices }) => prices.length > 1);
  if (changed.length === 0) return null;
  return (
    <Section title="Price history">
      {changed.map(({ plan, prices }) => (
        <div key={plan.id} className={styles.plan} data-testid="prices">
          <h3 className={styles.name}>
            {PLAN_NAME[plan.kind]}, plan {plan.id}
          </h3>
          <Steps prices={prices} />
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col">Price</th>
              </tr>
            </thead>
            <tbody>
              {prices.map((price) => (
                <tr key={price.from_block}>
                  <th scope="row">
                    <time dateTime={price.from_time} title={fullTime(price.from_time)}>
                      {day(price.from_time)}
                    </time>
                    {price.until_time == null && <span className={styles.now}> until now</span>}
                  </th>
                  <td>
                    <Amount base={price.price} token={price.token} free />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </Section>
  );
}

const [WIDTH, HEIGHT] = [300, 40];

/** A line that stays until the price changes. The table beneath says it in figures. */
function Steps({ prices }: { prices: Price[] }) {
  const oldest = prices.toReversed();
  const now = useNow();
  const from = Date.parse(oldest[0]?.from_time ?? '');
  // A chain's clock may run ahead of this device's.
  const until = Math.max(Math.floor(now / 60_000) * 60_000, Date.parse(prices[0]?.from_time ?? '') + 1);
  const most = oldest.reduce((top, { price }) => (BigInt(price) > top ? BigInt(price) : top), 1n);
  const x = (time: number) => ((time - from) / (until - from)) * WIDTH;
  // Thousandths of the highest: heights may be rounded, prices may not.
  const y = (price: string) => HEIGHT - 2 - (Number((BigInt(price) * 1000n) / most) / 1000) * (HEIGHT - 4);
  const path = oldest.map(({ price, from_time, until_time }) => `H${x(Date.parse(from_time)).toFixed(1)}V${y(price).toFixed(1)}H${x(until_time == null ? until : Date.parse(until_time)).toFixed(1)}`);
  return (
    <svg className={styles.steps} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={`M0 ${y(oldest[0]?.price ?? '0').toFixed(1)}${path.join('')}`} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
