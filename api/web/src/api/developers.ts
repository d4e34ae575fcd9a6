import { toProblem, UnreachableError, withQuery } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];
export type SessionInfo = Schemas['Session'];
export type ApiKey = Schemas['ApiKey'];
export type NewApiKey = Schemas['NewApiKey'];
export type Usage = Schemas['Usage'];
export type Webhook = Schemas['Webhook'];
export type NewWebhook = Schemas['NewWebhook'];
export type Delivery = Schemas['Delivery'];
export type Alert = Schemas['Alert'];
export type Watch = Schemas['Watch'];
export type DeliveriesPage = Schemas['DeliveriesAnswer'];

/** Longer than a receiver of a ping may take. */
const TIMEOUT_MS = 20_000;

/** Asks as the wallet that is signed in. The header is one that no other site's form can send. */
async function ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(`/v1/${path}`, {
      method,
      credentials: 'same-origin',
      headers: { accept: 'application/json, application/problem+json', 'x-stoa-csrf': '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    answer = response.status === 204 ? null : await response.json();
  } catch (error) {
    throw new UnreachableError('The API did not answer.', { cause: error });
  }
  if (!response.ok) throw toProblem(response.status, answer);
  return answer as Body;
}

const data = async <T>(answer: Promise<{ data: T }>): Promise<T> => (await answer).data;
const at = (id: string) => encodeURIComponent(id);

export const getNonce = () => data(ask<Schemas['NonceAnswer']>('POST', 'auth/nonce'));
export const signIn = (message: string, signature: string) => data(ask<Schemas['SessionAnswer']>('POST', 'auth/session', { message, signature }));
export const getSession = () => data(ask<Schemas['SessionAnswer']>('GET', 'auth/session'));
export const signOut = () => ask<unknown>('DELETE', 'auth/session');

export const getKeys = () => data(ask<Schemas['ApiKeysAnswer']>('GET', 'keys'));
export const createKey = (key: Schemas['CreateKey']) => data(ask<Schemas['NewApiKeyAnswer']>('POST', 'keys', key));
export const rotateKey = (id: string, seconds: number) => data(ask<Schemas['NewApiKeyAnswer']>('POST', `keys/${at(id)}/rotate`, { overlap_seconds: seconds }));
export const revokeKey = (id: string) => data(ask<Schemas['ApiKeyAnswer']>('DELETE', `keys/${at(id)}`));
export const getUsage = (days: number) => data(ask<Schemas['UsageAnswer']>('GET', withQuery('usage', { days })));

export const getWebhooks = () => data(ask<Schemas['WebhooksAnswer']>('GET', 'webhooks'));
export const createWebhook = (hook: Schemas['CreateWebhook']) => data(ask<Schemas['NewWebhookAnswer']>('POST', 'webhooks', hook));
export const changeWebhook = (id: string, change: Schemas['ChangeWebhook']) => data(ask<Schemas['WebhookAnswer']>('PATCH', `webhooks/${at(id)}`, change));
export const removeWebhook = (id: string) => data(ask<Schemas['WebhookAnswer']>('DELETE', `webhooks/${at(id)}`));
export const rotateSecret = (id: string) => data(ask<Schemas['NewWebhookAnswer']>('POST', `webhooks/${at(id)}/rotate`, {}));
export const pingWebhook = (id: string) => data(ask<Schemas['PingAnswer']>('POST', `webhooks/${at(id)}/ping`));
export const replayWebhook = (id: string, from: Schemas['Replay']) => data(ask<Schemas['WebhookAnswer']>('POST', `webhooks/${at(id)}/replay`, from));
export const getDeliveries = (id: string, before: number | null) => ask<DeliveriesPage>('GET', withQuery(`webhooks/${at(id)}/deliveries`, { before, limit: 10 }));

export const getAlerts = () => data(ask<Schemas['AlertsAnswer']>('GET', 'alerts'));
export const createAlert = (alert: Schemas['CreateAlert']) => data(ask<Schemas['AlertAnswer']>('POST', 'alerts', alert));
export const changeAlert = (id: string, enabled: boolean) => data(ask<Schemas['AlertAnswer']>('PATCH', `alerts/${at(id)}`, { enabled }));
export const removeAlert = (id: string) => data(ask<Schemas['AlertAnswer']>('DELETE', `alerts/${at(id)}`));
