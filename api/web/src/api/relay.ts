import { useQuery } from '@tanstack/react-query';
import { ask, OWN } from './session';
import type { OrderAnswer, RelayAnswer } from './types';

type RelayStatus = RelayAnswer['data'];
export type RelayedOrder = OrderAnswer['data'];

/** Who sends orders on a chain for buyers that only sign, if anybody does. */
export function useRelay(chainId: number): RelayStatus['chains'][number] | null {
  const { data } = useQuery({
    queryKey: ['relay'],
    staleTime: 60_000,
    queryFn: async ({ signal }) => (await ask('/v1/relay', { signal })) as RelayStatus,
  });
  return data?.chains.find((chain) => chain.chain_id === chainId && chain.anyone && BigInt(chain.left) > 0n) ?? null;
}

/** Hands an order in. The key makes it one order, however often this page sends it. */
export async function submitOrder(order: object, key: string): Promise<RelayedOrder> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key, ...OWN };
  return (await ask('/v1/orders', { method: 'POST', headers, body: JSON.stringify(order) })) as RelayedOrder;
}

export async function getOrder(id: string): Promise<RelayedOrder> {
  return (await ask(`/v1/orders/${encodeURIComponent(id)}`, {})) as RelayedOrder;
}
