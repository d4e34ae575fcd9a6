import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiKey, createKey, getKeys, type NewApiKey, revokeKey, rotateKey } from '../../api/developers';
import { Dialog } from '../../components/Dialog';
import { Button, CheckField, SelectField, TextField } from '../../components/Form';
import { ErrorNotice } from '../../components/Notice';
import { RowsSkeleton } from '../../components/RowsSkeleton';
import { Section } from '../../components/Section';
import { Age } from '../../components/Value';
import { day } from '../../lib/time';
import styles from './DevelopersPage.module.css';
import { Secret } from './Secret';
import { refusalOf, useOwn } from './session';

const SCOPES = [
  ['read', 'Read', 'pages, streams, GraphQL'],
  ['export', 'Export', 'whole collections'],
  ['sql', 'SQL', 'queries'],
  ['webhooks', 'Webhooks', 'webhooks and alerts'],
  ['relay', 'Relay', 'gasless orders'],
  ['admin', 'Admin', 'these keys'],
] as const;
const OVERLAP_SECONDS = 3600;
const DAY_MS = 86_400_000;

export function Keys() {
  const keys = useQuery({ queryKey: ['own', 'keys'], queryFn: getKeys, refetchInterval: 30_000 });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<NewApiKey | null>(null);
  return (
    <Section
      title="API keys"
      note={
        <Button small data-testid="new-key" onClick={() => setMaking(true)}>
          New key
        </Button>
      }
    >
      {keys.isPending && <RowsSkeleton label="Reading your keys" rows={2} />}
      {keys.isError && <ErrorNotice error={keys.error} what="Your keys" retry={() => void keys.refetch()} />}
      {keys.data?.length === 0 && <p className={styles.empty}>No keys yet. A program sends one as “Authorization: Bearer …”.</p>}
      <ul>
        {keys.data?.map((key) => (
          <Key key={key.id} value={key} onMade={setMade} />
        ))}
      </ul>
      {making && <NewKey onClose={() => setMaking(false)} onMade={setMade} />}
      {made !== null && <Secret title={`Key “${made.name}”`} secret={made.secret} hint="This is the whole key. It is not stored and not shown again." onClose={() => setMade(null)} />}
    </Section>
  );
}

function ends({ state, expires_at, revoked_at }: ApiKey): string {
  if (revoked_at != null) return `revoked ${day(revoked_at)}`;
  if (expires_at == null) return 'never expires';
  return `${state === 'active' ? 'expires' : 'expired'} ${day(expires_at)}`;
}

function Key({ value, onMade }: { value: ApiKey; onMade: (key: NewApiKey) => void }) {
  const [asking, setAsking] = useState<'rotate' | 'revoke' | null>(null);
  const rotate = useOwn('keys', () => rotateKey(value.id, OVERLAP_SECONDS));
  const revoke = useOwn('keys', () => revokeKey(value.id));
  const refused = refusalOf(rotate.error ?? revoke.error);
  const active = value.state === 'active';
  return (
    <li className={styles.row} data-testid="api-key" data-key={value.id} data-state={value.state}>
      <div className={styles.top}>
        <span className={styles.name}>{value.name}</span>
        <span className={styles.state} data-state={value.state}>
          {value.replaced_by != null && active ? 'replaced' : value.state}
        </span>
      </div>
      <p className={styles.facts}>
        <code>
          stoa_{value.environment}_{value.id}…
        </code>
        <span>{value.scopes.join(', ')}</span>
        {value.networks.length > 0 && <span>from {value.networks.join(', ')}</span>}
        <span>{ends(value)}</span>
        <span>
          {value.last_used_at == null ? (
            'not used yet'
          ) : (
            <>
              used <Age time={value.last_used_at} suffix /> from {value.last_used_from}
            </>
          )}
        </span>
      </p>
      {active && (
        <div className={styles.buttons}>
          {value.replaced_by == null && (
            <Button small data-testid="rotate-key" onClick={() => setAsking('rotate')}>
              Rotate
            </Button>
          )}
          <Button small data-testid="revoke-key" onClick={() => setAsking('revoke')}>
            Revoke
          </Button>
        </div>
      )}
      {refused !== null && (
        <p className={styles.refusal} role="alert">
          {refused}
        </p>
      )}
      {asking === 'rotate' && (
        <Sure
          title={`Rotate “${value.name}”`}
          text="A new key takes its place. The old one goes on for an hour; “used” shows when nobody has it any more."
          label="Rotate"
          onClose={() => setAsking(null)}
          onSure={() => rotate.mutate(undefined, { onSuccess: onMade })}
        />
      )}
      {asking === 'revoke' && (
        <Sure
          title={`Revoke “${value.name}”`}
          text="It opens nothing any more, at once and for good. Programs that have it are refused."
          label="Revoke"
          onClose={() => setAsking(null)}
          onSure={() => revoke.mutate(undefined)}
        />
      )}
    </li>
  );
}

/** Asks once more. */
export function Sure({ title, text, label, onClose, onSure }: { title: string; text: string; label: string; onClose: () => void; onSure: () => void }) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p className={styles.hint}>{text}</p>
      <Button
        look="solid"
        wide
        data-testid="sure"
        onClick={() => {
          onClose();
          onSure();
        }}
      >
        {label}
      </Button>
    </Dialog>
  );
}

function NewKey({ onClose, onMade }: { onClose: () => void; onMade: (key: NewApiKey) => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>(['read']);
  const [networks, setNetworks] = useState('');
  const [days, setDays] = useState('90');
  const [test, setTest] = useState(false);
  const create = useOwn('keys', createKey);
  const send = () => {
    create.mutate(
      {
        name,
        scopes,
        environment: test ? 'test' : 'live',
        networks: networks.split(/[\s,]+/).filter((word) => word !== ''),
        ...(days === '' ? {} : { expires_at: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }),
      },
      {
        onSuccess: (key) => {
          onClose();
          onMade(key);
        },
      },
    );
  };
  const refused = refusalOf(create.error);
  return (
    <Dialog title="New API key" onClose={onClose}>
      <div className={styles.form}>
        <TextField label="Name" value={name} onChange={setName} maxLength={100} hint="So that you know it again: “nightly export”." />
        <fieldset className={styles.checks}>
          <legend>What it may do</legend>
          {SCOPES.map(([scope, label, hint]) => (
            <CheckField key={scope} label={label} hint={hint} checked={scopes.includes(scope)} onChange={(on) => setScopes(on ? [...scopes, scope] : scopes.filter((other) => other !== scope))} />
          ))}
        </fieldset>
        <TextField label="Networks" value={networks} onChange={setNetworks} hint="As in 192.0.2.0/24, with spaces between; from anywhere without any." />
        <SelectField label="Expires" value={days} onChange={setDays}>
          <option value="30">in 30 days</option>
          <option value="90">in 90 days</option>
          <option value="365">in a year</option>
          <option value="">never</option>
        </SelectField>
        <CheckField label="For trying things out" hint="Of the lowest tier, and counted apart." checked={test} onChange={setTest} />
        {refused !== null && (
          <p className={styles.refusal} role="alert">
            {refused}
          </p>
        )}
      </div>
      <Button look="solid" wide data-testid="create-key" disabled={name.trim() === '' || scopes.length === 0 || create.isPending} onClick={send}>
        {create.isPending ? 'Under way…' : 'Make the key'}
      </Button>
    </Dialog>
  );
}
