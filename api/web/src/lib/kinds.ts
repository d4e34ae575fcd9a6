import type { Kind, ListingStatus } from '../api/types';

export const KINDS = ['model', 'dataset', 'compute', 'agent', 'service'] as const satisfies readonly Kind[];
export const STATUSES = ['active', 'paused', 'retired'] as const satisfies readonly ListingStatus[];

export const KIND_LABEL: Record<Kind, { one: string; many: string }> = {
  model: { one: 'Model', many: 'Models' },
  dataset: { one: 'Dataset', many: 'Datasets' },
  compute: { one: 'Compute', many: 'Compute' },
  agent: { one: 'Agent', many: 'Agents' },
  service: { one: 'Service', many: 'Services' },
};

/** A listing's name, or its id where its metadata lies outside the chain and was not read. */
export function displayName(listing: { id: string; metadata?: { name?: string | null } | null }): string {
  const name = listing.metadata?.name?.trim();
  return name ? name : `Listing ${listing.id}`;
}
