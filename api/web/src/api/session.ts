import { toProblem } from './client';

/** Signs a text as the connected account. */
export type Sign = (message: string) => Promise<string>;

/** A session's cookie is of no use to another site's page: what it changes asks for this header beside the origin. */
export const OWN = { 'x-stoa-csrf': '1' } as const;

interface Domains {
  nonce: string;
  domains: string[];
}

/** The `data` of an answer; a problem is thrown. */
export async function ask(path: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(path, init);
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw toProblem(response.status, body);
  return (body as { data: unknown }).data;
}

/** Who is signed in here, if anybody is. */
async function signedIn(): Promise<string | null> {
  const session = await ask('/v1/auth/session', {}).catch(() => null);
  return (session as { account?: string } | null)?.account ?? null;
}

/** Signs an account in (EIP-4361), unless it is. The wallet is asked for a signature, which costs nothing. */
export async function signIn(account: string, chainId: number, sign: Sign): Promise<void> {
  if ((await signedIn())?.toLowerCase() === account.toLowerCase()) return;
  const { nonce, domains } = (await ask('/v1/auth/nonce', { method: 'POST' })) as Domains;
  const domain = location.host;
  if (!domains.includes(domain)) throw new Error(`Sign in at ${domains.join(' or ')}: this page is at ${domain}.`);
  const message = [
    `${domain} wants you to sign in with your Ethereum account:`,
    account,
    '',
    'Sign in to Stoa. This costs nothing and moves nothing.',
    '',
    `URI: ${location.origin}`,
    'Version: 1',
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${new Date().toISOString()}`,
  ].join('\n');
  const signature = await sign(message);
  await ask('/v1/auth/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, signature }),
  });
}
