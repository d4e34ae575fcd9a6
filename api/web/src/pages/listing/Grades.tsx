import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { gradesQuery } from '../../api/queries';
import type { Grades as GradesOf, Listing } from '../../api/types';
import { Section } from '../../components/Section';
import { Amount, Count } from '../../components/Value';
import { fullTime } from '../../lib/time';
import styles from './Grades.module.css';

type Grade = GradesOf['short_term'];

/** How a listing does, of 1,000, with each part of it and the figures that it comes from. */
export function Grades({ listing }: { listing: Listing }) {
  const counted = listing.grade != null;
  const { data } = useQuery({ ...gradesQuery(listing.id), enabled: counted });
  if (counted && data === undefined) return null;
  return (
    <Section title="Grades" note="of 1,000">
      {data === undefined ? (
        <p className={styles.note}>They are counted every ten minutes; this listing’s turn comes.</p>
      ) : (
        <div className={styles.grades} data-testid="grades">
          <Side name="Last 30 days" grade={data.short_term} period="in the last 30 days" weights={SHORT} />
          <Side name="Its whole life" grade={data.long_term} period="ever" weights={LONG} />
          <Ignored grades={data} />
          <p className={styles.note}>
            Counted after block <Count value={data.counted_block} />,{' '}
            <time dateTime={data.counted_time}>{fullTime(data.counted_time)}</time>. Sales for nothing do not count.
          </p>
        </div>
      )}
    </Section>
  );
}

/** In tenths of the score, as api/README.md gives them. */
interface Weights {
  growth: number;
  repeat: number;
  revenue: number;
  age: number;
}
const SHORT: Weights = { growth: 4, repeat: 3, revenue: 3, age: 0 };
const LONG: Weights = { growth: 2, repeat: 3, revenue: 3, age: 2 };

function Side({ name, grade, period, weights }: { name: string; grade: Grade; period: string; weights: Weights }) {
  const { growth, repeat, revenue, age } = grade;
  return (
    <section className={styles.side} aria-label={name}>
      <p className={styles.score}>
        <strong>{grade.score}</strong> {name}
      </p>
      <ul className={styles.parts}>
        <Part name="Growth" points={growth.points} weight={weights.growth}>
          <Count value={growth.buyers} /> bought in the last {growth.days} days, <Count value={growth.buyers_before} /> in the {growth.days} before.
        </Part>
        <Part name="Return" points={repeat.points} weight={weights.repeat}>
          <Count value={repeat.repeat_buyers} /> of <Count value={repeat.buyers} /> who bought {period} did so on two days or more.
        </Part>
        <Part name="Revenue" points={revenue.points} weight={weights.revenue}>
          {revenue.tokens.length === 0 && `No revenue ${period} in a token whose fees stakers share.`}
          {revenue.tokens.map(({ token, rank, listings, net }) => (
            <span key={token.address} className={styles.place}>
              Place <Count value={rank} /> of <Count value={listings} /> by <Amount base={net} token={token} digits={2} /> {period}.
            </span>
          ))}
        </Part>
        {age != null && (
          <Part name="Age" points={age.points} weight={weights.age}>
            It sold for <Count value={age.days} /> {age.days === 1 ? 'day' : 'days'}.
          </Part>
        )}
      </ul>
      <details className={styles.details}>
        <summary>How it is counted</summary>
        <ul>
          {grade.formulas.map((formula) => (
            <li key={formula}>
              <code>{formula}</code>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function Part({ name, points, weight, children }: { name: string; points: number; weight: number; children: ReactNode }) {
  return (
    <li className={styles.part}>
      <span className={styles.name}>
        {name} <span className={styles.weight}>× {weight}/10</span>
      </span>
      <span className={styles.points}>{points}</span>
      <meter className={styles.meter} min={0} max={1000} value={points} aria-label={`${name}: ${points} of 1,000`} />
      <span className={styles.says}>{children}</span>
    </li>
  );
}

const REASON: Record<string, string> = {
  insider: 'to an owner or shareholder of it',
  paid: 'to somebody whom an owner or shareholder paid',
};

/** A grade that its owner could buy would say nothing. */
function Ignored({ grades }: { grades: GradesOf }) {
  if (grades.ignored.length === 0) return null;
  return (
    <section aria-label="Sales that do not count">
      <p className={styles.name}>Do not count</p>
      <ul className={styles.ignored}>
        {grades.ignored.map(({ reason, sales, token, amount }) => (
          <li key={`${reason}-${token.address}`}>
            <Count value={sales} /> {sales === '1' ? 'sale' : 'sales'} for <Amount base={amount} token={token} /> {REASON[reason] ?? reason}
          </li>
        ))}
      </ul>
    </section>
  );
}
