import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { changeWebhook, createWebhook, getWebhooks, type NewWebhook, pingWebhook, removeWebhook, replayWebhook, rotateSecret, type Webhook } from '../../api/developers';
import { Dialog } from '../../components/Dialog';
import { Button, CheckField, SelectField, TextField } from '../../components/Form';
import { ErrorNotice } from '../../components/Notice';
import { RowsSkeleton } from '../../components/RowsSkeleton';
import { Section } from '../../components/Section';
import { Age } from '../../components/Value';
import { Deliveries } from './Deliveries';
import styles from './DevelopersPage.module.css';
import { Sure } from './Keys';
import { Secret } from './Secret';
import { refusalOf, useOwn } from './session';

const TOPICS = [
  ['purchases', 'Sales', ''],
  ['listings', 'Listings', 'new and changed'],
  ['stats', 'Statistics', 'by block'],
  ['blocks', 'Blocks', ''],
] as const;

export function Webhooks() {
  const hooks = useQuery({ queryKey: ['own', 'webhooks'], queryFn: getWebhooks, refetchInterval: 10_000 });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<NewWebhook | null>(null);
  return (
    <Section
      title="Webhooks"
      note={
        <Button small data-testid="new-webhook" onClick={() => setMaking(true)}>
          New webhook
        </Button>
      }
    >
      {hooks.isPending && <RowsSkeleton label="Reading your webhooks" rows={2} />}
      {hooks.isError && <ErrorNotice error={hooks.error} what="Your webhooks" retry={() => void hooks.refetch()} />}
      {hooks.data?.length === 0 && <p className={styles.empty}>No webhooks yet. One sends what happens to an address of yours, signed, in order, at least once.</p>}
      <ul>
        {hooks.data?.map((hook) => (
          <Hook key={hook.id} value={hook} onMade={setMade} />
        ))}
      </ul>
      {making && <NewHook onClose={() => setMaking(false)} onMade={setMade} />}
      {made !== null && <Secret title={`Webhook “${made.name}”`} secret={made.secret} hint="Its messages are signed with this (Standard Webhooks). It is not shown again; you can rotate it." onClose={() => setMade(null)} />}
    </Section>
  );
}

function Hook({ value, onMade }: { value: Webhook; onMade: (hook: NewWebhook) => void }) {
  const [asking, setAsking] = useState<'rotate' | 'remove' | 'replay' | null>(null);
  const [open, setOpen] = useState(false);
  const ping = useOwn('deliveries', () => pingWebhook(value.id));
  const state = useOwn('webhooks', (next: string) => changeWebhook(value.id, { state: next }));
  const rotate = useOwn('webhooks', () => rotateSecret(value.id));
  const remove = useOwn('webhooks', () => removeWebhook(value.id));
  const replay = useOwn('webhooks', () => replayWebhook(value.id, { from: 'oldest' }));
  const refused = refusalOf(ping.error ?? state.error ?? rotate.error ?? remove.error ?? replay.error);
  const paused = value.state === 'paused';
  return (
    <li className={styles.row} data-testid="webhook" data-webhook={value.id} data-state={value.state}>
      <div className={styles.top}>
        <span className={styles.name}>{value.name}</span>
        <span className={styles.state} data-state={value.state}>
          {value.state}
        </span>
      </div>
      <p className={styles.facts}>
        <code>{value.url}</code>
        <span>{value.topics.length === 0 ? 'alerts alone' : value.topics.join(', ')}</span>
        <span>{value.level}</span>
        {value.waiting > 0 && <span>{value.waiting} waiting</span>}
        {value.failing_since != null && (
          <span>
            failing since <Age time={value.failing_since} suffix />
          </span>
        )}
      </p>
      {value.paused_reason != null && <p className={styles.hint}>{value.paused_reason}</p>}
      <div className={styles.buttons}>
        <Button small data-testid="ping" disabled={ping.isPending} onClick={() => ping.mutate(undefined)}>
          {ping.isPending ? 'Sending…' : 'Ping'}
        </Button>
        <Button small data-testid="toggle" disabled={state.isPending} onClick={() => state.mutate(paused ? 'active' : 'paused')}>
          {paused ? 'Resume' : 'Pause'}
        </Button>
        <Button small data-testid="replay" onClick={() => setAsking('replay')}>
          Replay
        </Button>
        <Button small data-testid="rotate-secret" onClick={() => setAsking('rotate')}>
          Rotate secret
        </Button>
        <Button small data-testid="remove-webhook" onClick={() => setAsking('remove')}>
          Remove
        </Button>
        <Button small look="quiet" aria-expanded={open} data-testid="show-deliveries" onClick={() => setOpen(!open)}>
          {open ? 'Hide deliveries' : 'Deliveries'}
        </Button>
      </div>
      <p className={styles.hint} aria-live="polite" data-testid="pinged">
        {ping.data && (ping.data.state === 'delivered' ? `Ping taken: ${ping.data.attempts[0]?.status} after ${ping.data.attempts[0]?.milliseconds} ms.` : `Ping not taken: ${ping.data.attempts[0]?.error}.`)}
      </p>
      {refused !== null && (
        <p className={styles.refusal} role="alert">
          {refused}
        </p>
      )}
      {open && <Deliveries hook={value} />}
      {asking === 'rotate' && (
        <Sure
          title={`Rotate the secret of “${value.name}”`}
          text="Messages are signed with a new secret, and for a day with the old one beside it."
          label="Rotate"
          onClose={() => setAsking(null)}
          onSure={() => rotate.mutate(undefined, { onSuccess: onMade })}
        />
      )}
      {asking === 'replay' && (
        <Sure
          title={`Replay “${value.name}”`}
          text="Everything that is kept, of up to seven days, is told again in order. Receivers that look at webhook-id do nothing twice. To begin behind one message, replay from it in the deliveries."
          label="Replay everything"
          onClose={() => setAsking(null)}
          onSure={() => replay.mutate(undefined)}
        />
      )}
      {asking === 'remove' && (
        <Sure
          title={`Remove “${value.name}”`}
          text="Its log and its alerts go with it, and what it was not told yet."
          label="Remove"
          onClose={() => setAsking(null)}
          onSure={() => {
            setOpen(false);
            remove.mutate(undefined);
          }}
        />
      )}
    </li>
  );
}

function NewHook({ onClose, onMade }: { onClose: () => void; onMade: (hook: NewWebhook) => void }) {
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [topics, setTopics] = useState<string[]>(['purchases']);
  const [more, setMore] = useState('');
  const [level, setLevel] = useState('latest');
  const create = useOwn('webhooks', createWebhook);
  const send = () => {
    const others = more.split(/[\s,]+/).filter((word) => word !== '');
    create.mutate(
      { name, url, topics: [...topics, ...others], level },
      {
        onSuccess: (hook) => {
          onClose();
          onMade(hook);
        },
      },
    );
  };
  const refused = refusalOf(create.error);
  return (
    <Dialog title="New webhook" onClose={onClose}>
      <div className={styles.form}>
        <TextField label="Name" value={name} onChange={setName} maxLength={100} />
        <TextField label="Address" type="url" inputMode="url" value={url} onChange={setUrl} hint="An https address on the public internet that takes POST." />
        <fieldset className={styles.checks}>
          <legend>What it is told</legend>
          {TOPICS.map(([topic, label, hint]) => (
            <CheckField key={topic} label={label} hint={hint} checked={topics.includes(topic)} onChange={(on) => setTopics(on ? [...topics, topic] : topics.filter((other) => other !== topic))} />
          ))}
        </fieldset>
        <TextField label="More topics" value={more} onChange={setMore} hint="listing:31337-1 or account:0x…, with spaces between. Without any topic it is for alerts alone." />
        <SelectField label="How settled" value={level} onChange={setLevel} hint="What a reorganisation takes back after it was told is told too.">
          <option value="latest">At once</option>
          <option value="safe">Safe blocks</option>
          <option value="finalized">Final blocks: nothing is ever taken back</option>
        </SelectField>
        {refused !== null && (
          <p className={styles.refusal} role="alert">
            {refused}
          </p>
        )}
      </div>
      <Button look="solid" wide data-testid="create-webhook" disabled={name.trim() === '' || url === '' || create.isPending} onClick={send}>
        {create.isPending ? 'Under way…' : 'Make the webhook'}
      </Button>
    </Dialog>
  );
}
