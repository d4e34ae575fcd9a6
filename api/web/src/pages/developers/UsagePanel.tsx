import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { getUsage, type Usage } from '../../api/developers';
import { Chart } from '../../components/Chart';
import { SelectField } from '../../components/Form';
import { ErrorNotice } from '../../components/Notice';
import { RowsSkeleton } from '../../components/RowsSkeleton';
import { Section } from '../../components/Section';
import { Count } from '../../components/Value';
import { useNow } from '../../lib/clock';
import { stretches } from '../../lib/series';
import styles from './DevelopersPage.module.css';

const DAYS = 30;
const DAY_MS = 86_400_000;
const LIMITS: Record<string, string> = { minute: 'a minute', day: 'today', premium: 'premium calls this month' };

/** Requests by day, and how much of each limit is used. */
export function UsagePanel() {
  const usage = useQuery({ queryKey: ['own', 'usage'], queryFn: () => getUsage(DAYS), refetchInterval: 30_000 });
  return (
    <Section title="Usage" note={usage.data && `tier ${usage.data.tier}`}>
      {usage.isPending && <RowsSkeleton label="Reading what was asked for" rows={2} />}
      {usage.isError && <ErrorNotice error={usage.error} what="What was asked for" retry={() => void usage.refetch()} />}
      {usage.data && <Figures usage={usage.data} />}
    </Section>
  );
}

function Figures({ usage }: { usage: Usage }) {
  const [of, setOf] = useState('');
  const today = Math.floor(useNow() / DAY_MS) * DAY_MS;
  const data = useMemo(() => {
    const days = of === '' ? usage.days : (usage.keys.find(({ key }) => key === of)?.days ?? []);
    const starts = stretches(today - (DAYS - 1) * DAY_MS, today, 'day');
    const known = new Map(days.map(({ day, requests }) => [Date.parse(day), BigInt(requests)]));
    return { starts, values: starts.map((start) => known.get(start) ?? 0n) };
  }, [of, today, usage]);
  return (
    <>
      <div className={styles.limits} data-testid="limits">
        {usage.limits.length === 0 && <p className={styles.hint}>This server limits nothing.</p>}
        {usage.limits.map(({ name, limit, used }) => (
          <div key={name} className={styles.limit}>
            <p>
              <span>{LIMITS[name] ?? name}</span>
              <span>
                {used == null ? 'up to ' : <><Count value={used} /> of </>}
                <Count value={limit} />
              </span>
            </p>
            {used != null && (
              <div className={styles.bar}>
                <span style={{ width: `${Math.min(100, (100 * used) / Math.max(1, limit))}%` }} />
              </div>
            )}
          </div>
        ))}
      </div>
      <div className={styles.chart}>
        {usage.keys.length > 0 && (
          <SelectField label="Of" value={of} onChange={setOf}>
            <option value="">the wallet</option>
            {usage.keys.map(({ key }) => (
              <option key={key} value={key}>
                {key}
              </option>
            ))}
          </SelectField>
        )}
        <Chart title="Requests by day" data={data} interval="day" token={null} unit="requests" />
      </div>
    </>
  );
}
