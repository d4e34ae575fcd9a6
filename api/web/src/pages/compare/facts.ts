import type { Listing } from '../../api/types';
import { formatAmount, formatBps, groupDigits, tokenLabel } from '../../lib/amount';
import { KIND_LABEL } from '../../lib/kinds';
import { day } from '../../lib/time';

/** What listings are compared by; the same words on the page and in the file. */
export const FACTS: { name: string; text: (listing: Listing) => string }[] = [
  { name: 'Kind', text: ({ kind }) => KIND_LABEL[kind].one },
  { name: 'Status', text: ({ status }) => status },
  { name: 'From', text: ({ cheapest_plan: plan }) => (plan == null ? '' : amount(plan.amount, plan.token)) },
  { name: 'Plans', text: ({ plan_count }) => String(plan_count) },
  { name: 'Grade, 30 days', text: ({ grade }) => (grade == null ? '' : `${grade.short_term} of 1,000`) },
  { name: 'Grade, whole life', text: ({ grade }) => (grade == null ? '' : `${grade.long_term} of 1,000`) },
  { name: 'Sales', text: ({ sales }) => groupDigits(sales) },
  { name: 'Buyers', text: ({ buyers }) => groupDigits(String(buyers)) },
  { name: 'Paid in all', text: ({ revenue }) => revenue.filter(({ gross }) => BigInt(gross) > 0n).map(({ gross, token }) => amount(gross, token)).join(' + ') },
  { name: 'Licence', text: ({ licence }) => licence },
  { name: 'Task', text: ({ metadata }) => metadata.task ?? '' },
  { name: 'Derivatives', text: ({ derivatives_allowed: allowed, derivative_bps: bps }) => (allowed ? `allowed for ${formatBps(bps)}` : 'not allowed') },
  { name: 'Gives to parents', text: ({ parents }) => formatBps(parents.reduce((sum, { bps }) => sum + bps, 0)) },
  { name: 'Derived from it', text: ({ children }) => groupDigits(String(children.length)) },
  { name: 'Version', text: ({ version, versions }) => `${version}${versions[0] === undefined ? '' : `, ${day(versions[0].published_at)}`}` },
  { name: 'Shareholders', text: ({ shares }) => (shares == null ? '' : groupDigits(String(shares.holders))) },
  { name: 'Listed', text: ({ created_at }) => day(created_at) },
];

function amount(base: string, token: { address: string; symbol?: string | null; decimals?: number | null }): string {
  return BigInt(base) === 0n ? 'free' : `${formatAmount(base, token.decimals ?? 0, 4).text} ${tokenLabel(token)}`;
}
