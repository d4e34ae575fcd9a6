import type { Watch } from '../../api/developers';

export type Kind = Watch['kind'];
type Field = 'plan' | 'listing' | 'term' | 'token' | 'account' | 'chain' | 'above' | 'below' | 'days';

export const FIELDS: Record<Field, { label: string; hint: string }> = {
  plan: { label: 'Plan', hint: 'As in 31337-1.' },
  listing: { label: 'Listing', hint: 'As in 31337-1.' },
  term: { label: 'Term', hint: 'short or long.' },
  token: { label: 'Token', hint: 'Its address.' },
  account: { label: 'Account', hint: 'Its address; your own without one.' },
  chain: { label: 'Chain', hint: 'Its id, as in 31337.' },
  above: { label: 'At or above', hint: 'Amounts in base units.' },
  below: { label: 'At or below', hint: 'Amounts in base units.' },
  days: { label: 'Days before', hint: '1 to 90.' },
};

export const KINDS: Record<Kind, { label: string; hint: string; fields: Field[] }> = {
  price: { label: 'The price of a plan', hint: 'Told again once it has gone back by 5 % and come back.', fields: ['plan', 'above', 'below'] },
  grade: { label: 'A listing’s grade', hint: 'From 0 to 1,000.', fields: ['listing', 'term', 'above', 'below'] },
  revenue: { label: 'What a listing has brought', hint: 'Sales and payments less fees, in one token.', fields: ['listing', 'token', 'above'] },
  pass_expiry: { label: 'Passes that end', hint: 'Each once; a renewed one again.', fields: ['days', 'account', 'plan'] },
  claimable: { label: 'What can be claimed', hint: 'Of shares and of a lock, in one token.', fields: ['chain', 'token', 'above', 'account'] },
  key_expiry: { label: 'API keys that expire', hint: 'But for those that were rotated.', fields: ['days'] },
  usage: { label: 'The month’s allowance', hint: 'At 80 and 100 % of the premium calls.', fields: [] },
  key_use: { label: 'Odd use of a key', hint: 'A new network, five times the usual, 50 refusals in an hour.', fields: [] },
};

const NUMBERS: ReadonlySet<Field> = new Set(['chain', 'days']);

/** What the API is sent: what is empty is left out; what is no number is the API's to refuse. */
export function watchOf(kind: Kind, values: Record<string, string>): Record<string, unknown> {
  const watch: Record<string, unknown> = { kind };
  for (const field of KINDS[kind].fields) {
    const text = (values[field] ?? '').trim();
    if (text === '') continue;
    const isNumber = NUMBERS.has(field) || (kind === 'grade' && (field === 'above' || field === 'below'));
    watch[field] = isNumber && /^\d+$/.test(text) ? Number(text) : text;
  }
  return watch;
}

/** In one line. */
export function watchText(watch: Watch): string {
  const { kind, ...rest } = watch as Record<string, unknown> & { kind: Kind };
  const parts = Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`);
  return [KINDS[kind].label, ...parts].join(' · ');
}
