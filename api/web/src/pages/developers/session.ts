import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getNonce, getSession, signIn, signOut, type SessionInfo } from '../../api/developers';
import { ProblemError } from '../../api/client';
import { engine, useWallet } from '../../wallet/store';

/** Set while somebody is signed in, so that nobody else is asked about a session at each visit. */
const KEY = 'stoa.session';

function remember(account: string | null): void {
  try {
    if (account === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, account.toLowerCase());
  } catch {
    // Storage may be forbidden; the wallet then signs in at each visit.
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** The message that EIP-4361 lays down. */
export function signInMessage({ domain, origin, account, chainId, nonce, issuedAt }: { domain: string; origin: string; account: string; chainId: number; nonce: string; issuedAt: string }): string {
  return `${domain} wants you to sign in with your Ethereum account:\n${account}\n\nManage API keys and webhooks.\n\nURI: ${origin}\nVersion: 1\nChain ID: ${chainId}\nNonce: ${nonce}\nIssued At: ${issuedAt}`;
}

/** The session of the connected account; null where there is none. */
export function useSession() {
  const { account } = useWallet();
  return useQuery({
    queryKey: ['session', account],
    enabled: account !== null,
    staleTime: 60_000,
    retry: false,
    queryFn: async (): Promise<SessionInfo | null> => {
      if (account === null || remembered() !== account.toLowerCase()) return null;
      try {
        const session = await getSession();
        return session.account.toLowerCase() === account.toLowerCase() ? session : null;
      } catch (error) {
        if (!(error instanceof ProblemError) || error.status !== 401) throw error;
        remember(null);
        return null;
      }
    },
  });
}

export function useSignIn(chainId: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const [{ actor }, { nonce, domains }] = await Promise.all([engine(), getNonce()]);
      const { host: domain, origin } = location;
      if (!domains.includes(domain)) throw new Error(`This API signs people in at ${domains.join(', ')}, and this page is at ${domain}.`);
      const { account, write } = await actor(chainId);
      const message = signInMessage({ domain, origin, account, chainId, nonce, issuedAt: new Date().toISOString() });
      const session = await signIn(message, await write.signMessage({ account, message }));
      remember(session.account);
      return session;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['session'] }),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: signOut,
    onSettled: async () => {
      remember(null);
      client.removeQueries({ queryKey: ['own'] });
      await client.invalidateQueries({ queryKey: ['session'] });
    },
  });
}

/** Does one thing, then reads anew what it has changed. */
export function useOwn<Input, Output>(what: string, act: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: act, onSettled: () => client.invalidateQueries({ queryKey: ['own', what] }) });
}

/** In words: what a wallet or the API has refused. */
export function refusalOf(error: Error | null): string | null {
  if (error === null) return null;
  const { code, shortMessage } = error as { code?: number; shortMessage?: string };
  if (code === 4001 || /rejected|denied/i.test(shortMessage ?? '')) return 'You declined in your wallet. Nothing was done.';
  return error.message;
}
