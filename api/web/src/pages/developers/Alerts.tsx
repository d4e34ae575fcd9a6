import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Alert, changeAlert, createAlert, getAlerts, getWebhooks, removeAlert, type Watch } from '../../api/developers';
import { Dialog } from '../../components/Dialog';
import { Button, SelectField, TextField } from '../../components/Form';
import { ErrorNotice } from '../../components/Notice';
import { RowsSkeleton } from '../../components/RowsSkeleton';
import { Section } from '../../components/Section';
import { Age } from '../../components/Value';
import styles from './DevelopersPage.module.css';
import { refusalOf, useOwn } from './session';
import { FIELDS, KINDS, type Kind, watchOf, watchText } from './watch';

export function Alerts() {
  const alerts = useQuery({ queryKey: ['own', 'alerts'], queryFn: getAlerts, refetchInterval: 15_000 });
  const hooks = useQuery({ queryKey: ['own', 'webhooks'], queryFn: getWebhooks });
  const [making, setMaking] = useState(false);
  const none = (hooks.data ?? []).length === 0;
  return (
    <Section
      title="Alerts"
      note={
        <Button small data-testid="new-alert" disabled={none} onClick={() => setMaking(true)}>
          New alert
        </Button>
      }
    >
      {alerts.isPending && <RowsSkeleton label="Reading your alerts" rows={2} />}
      {alerts.isError && <ErrorNotice error={alerts.error} what="Your alerts" retry={() => void alerts.refetch()} />}
      {alerts.data?.length === 0 && (
        <p className={styles.empty}>{none ? 'Make a webhook first: alerts are sent to one.' : 'No alerts yet. One tells a webhook once, when a price, a grade, revenue or a key gets to where you say.'}</p>
      )}
      <ul>
        {alerts.data?.map((alert) => (
          <Row key={alert.id} value={alert} hook={hooks.data?.find(({ id }) => id === alert.webhook)?.name ?? alert.webhook} />
        ))}
      </ul>
      {making && <NewAlert hooks={(hooks.data ?? []).map(({ id, name }) => ({ id, name }))} onClose={() => setMaking(false)} />}
    </Section>
  );
}

function Row({ value, hook }: { value: Alert; hook: string }) {
  const change = useOwn('alerts', (enabled: boolean) => changeAlert(value.id, enabled));
  const remove = useOwn('alerts', () => removeAlert(value.id));
  const refused = refusalOf(change.error ?? remove.error);
  return (
    <li className={styles.row} data-testid="alert" data-enabled={value.enabled || undefined}>
      <div className={styles.top}>
        <span className={styles.name}>{value.name}</span>
        <span className={styles.state} data-state={value.enabled ? 'active' : 'stopped'}>
          {value.enabled ? 'watching' : 'stopped'}
        </span>
      </div>
      <p className={styles.facts}>
        <span>{watchText(value.watch)}</span>
        <span>to {hook}</span>
        <span>
          {value.fired_at == null ? (
            'never told'
          ) : (
            <>
              told <Age time={value.fired_at} suffix />
            </>
          )}
        </span>
      </p>
      <div className={styles.buttons}>
        <Button small disabled={change.isPending} onClick={() => change.mutate(!value.enabled)}>
          {value.enabled ? 'Stop' : 'Watch again'}
        </Button>
        <Button small disabled={remove.isPending} onClick={() => remove.mutate(undefined)}>
          Remove
        </Button>
      </div>
      {refused !== null && (
        <p className={styles.refusal} role="alert">
          {refused}
        </p>
      )}
    </li>
  );
}

function NewAlert({ hooks, onClose }: { hooks: { id: string; name: string }[]; onClose: () => void }) {
  const [name, setName] = useState('');
  const [webhook, setWebhook] = useState(hooks[0]?.id ?? '');
  const [kind, setKind] = useState<Kind>('price');
  const [values, setValues] = useState<Record<string, string>>({});
  const create = useOwn('alerts', createAlert);
  const refused = refusalOf(create.error);
  const send = () => create.mutate({ name, webhook, watch: watchOf(kind, values) as Watch }, { onSuccess: onClose });
  return (
    <Dialog title="New alert" onClose={onClose}>
      <div className={styles.form}>
        <TextField label="Name" value={name} onChange={setName} maxLength={100} />
        <SelectField label="Told to" value={webhook} onChange={setWebhook}>
          {hooks.map(({ id, name: label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </SelectField>
        <SelectField label="What is watched" value={kind} onChange={(next) => setKind(next as Kind)} hint={KINDS[kind].hint}>
          {Object.entries(KINDS).map(([each, { label }]) => (
            <option key={each} value={each}>
              {label}
            </option>
          ))}
        </SelectField>
        {KINDS[kind].fields.map((field) => (
          <TextField key={`${kind}-${field}`} label={FIELDS[field].label} hint={FIELDS[field].hint} value={values[field] ?? ''} onChange={(text) => setValues({ ...values, [field]: text })} />
        ))}
        {refused !== null && (
          <p className={styles.refusal} role="alert">
            {refused}
          </p>
        )}
      </div>
      <Button look="solid" wide data-testid="create-alert" disabled={name.trim() === '' || create.isPending} onClick={send}>
        {create.isPending ? 'Under way…' : 'Watch it'}
      </Button>
    </Dialog>
  );
}
