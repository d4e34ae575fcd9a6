import { useInfiniteQuery } from '@tanstack/react-query';
import { type Delivery, getDeliveries, replayWebhook, type Webhook } from '../../api/developers';
import { Button } from '../../components/Form';
import { MoreButton } from '../../components/MoreButton';
import { ErrorNotice } from '../../components/Notice';
import { Age } from '../../components/Value';
import styles from './DevelopersPage.module.css';
import { refusalOf, useOwn } from './session';

/** What was sent and is to be, newest first. */
export function Deliveries({ hook }: { hook: Webhook }) {
  const log = useInfiniteQuery({
    queryKey: ['own', 'deliveries', hook.id],
    queryFn: ({ pageParam }) => getDeliveries(hook.id, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.next ?? null,
    refetchInterval: 5000,
  });
  const rows = log.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <div className={styles.log}>
      {log.isError && <ErrorNotice error={log.error} what="The deliveries" retry={() => void log.refetch()} />}
      {log.data && rows.length === 0 && <p className={styles.hint}>Nothing was sent yet.</p>}
      <ul>
        {rows.map((row) => (
          <Row key={row.number} hook={hook} value={row} />
        ))}
      </ul>
      {log.hasNextPage && <MoreButton loading={log.isFetchingNextPage} error={null} onClick={() => void log.fetchNextPage()} label="Older deliveries" />}
    </div>
  );
}

function Row({ hook, value }: { hook: Webhook; value: Delivery }) {
  const last = value.attempts.at(-1);
  const replay = useOwn('webhooks', (after: string) => replayWebhook(hook.id, { after }));
  const refused = refusalOf(replay.error);
  const { cursor } = value;
  return (
    <li className={styles.row} data-testid="delivery" data-type={value.type} data-state={value.state}>
      <div className={styles.top}>
        <span className={styles.name}>
          {value.number}. {value.type}
        </span>
        <span className={styles.state} data-state={value.state}>
          {value.state}
        </span>
      </div>
      <p className={styles.facts}>
        <Age time={value.created_at} suffix />
        <span>{value.attempts.length === 1 ? '1 attempt' : `${value.attempts.length} attempts`}</span>
        {last && <span>{last.error ?? `${last.status} after ${last.milliseconds} ms`}</span>}
      </p>
      <details className={styles.details}>
        <summary>What was sent</summary>
        {/* What scrolls must be reachable by keyboard. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre className={styles.body} tabIndex={0}>
          webhook-id: {value.message}
          {'\n\n'}
          {JSON.stringify(value.body, null, 2)}
        </pre>
        {cursor != null && (
          <Button small disabled={replay.isPending} onClick={() => replay.mutate(cursor)}>
            Replay what came after it
          </Button>
        )}
        {refused !== null && (
          <p className={styles.refusal} role="alert">
            {refused}
          </p>
        )}
      </details>
    </li>
  );
}
