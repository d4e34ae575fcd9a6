import { useState } from 'react';
import { getAccount, getHistory, getPurchases } from '../../api/client';
import { Button } from '../../components/Form';
import { DownloadIcon } from '../../components/icons';
import { type Row, saveText, toCsv } from '../../lib/csv';
import { formatAmount, tokenLabel, type TokenLike } from '../../lib/amount';
import styles from './AccountPage.module.css';

/** A browser holds so many rows with ease; an account with more is told so. */
const MOST_ROWS = 20_000;

interface Table {
  head: Row;
  rows: Row[];
  whole: boolean;
}

type Read = (address: string, told: (rows: number) => void, signal: AbortSignal) => Promise<Table>;

const FILES: { name: string; label: string; read: Read }[] = [
  { name: 'history', label: 'History', read: readHistory },
  { name: 'purchases', label: 'Purchases', read: readPurchases },
  { name: 'passes', label: 'Passes', read: readPasses },
];

/** What the page shows of the account, as files. */
export function Exports({ address }: { address: string }) {
  const [state, setState] = useState<{ name: string; rows: number } | null>(null);
  const [says, setSays] = useState('');
  const save = async ({ name, read }: (typeof FILES)[number]) => {
    setState({ name, rows: 0 });
    setSays('');
    try {
      const { head, rows, whole } = await read(address, (count) => setState({ name, rows: count }), new AbortController().signal);
      saveText(`${name}-${address.slice(0, 10)}.csv`, toCsv(head, rows));
      setSays(whole ? `${rows.length} rows.` : `The newest ${rows.length} rows; there are more.`);
    } catch (error) {
      setSays(error instanceof Error ? error.message : String(error));
    } finally {
      setState(null);
    }
  };
  return (
    <div className={styles.exports}>
      <DownloadIcon /> CSV
      {FILES.map((file) => (
        <Button key={file.name} small look="quiet" disabled={state !== null} onClick={() => void save(file)} data-testid={`export-${file.name}`}>
          {state?.name === file.name ? `${state.rows}…` : file.label}
        </Button>
      ))}
      <output>{says}</output>
    </div>
  );
}

function money(base: string | null | undefined, token: TokenLike | null | undefined): Row {
  if (base == null || token == null) return ['', ''];
  return [formatAmount(base, token.decimals ?? 0).exact.replaceAll(',', ''), tokenLabel(token)];
}

/** Page after page until the end, or until there is enough. */
async function all<T>(page: (cursor: string | null) => Promise<{ data: T[]; next?: string | null }>, told: (rows: number) => void): Promise<{ items: T[]; whole: boolean }> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const { data, next = null }: { data: T[]; next?: string | null } = await page(cursor);
    items.push(...data);
    told(items.length);
    cursor = next;
  } while (cursor !== null && items.length < MOST_ROWS);
  return { items, whole: cursor === null };
}

async function readHistory(address: string, told: (rows: number) => void, signal: AbortSignal): Promise<Table> {
  const { items, whole } = await all((cursor) => getHistory(address, cursor, signal), told);
  const head = ['time_utc', 'chain', 'block', 'what', 'event', 'amount', 'token', 'transaction'];
  const rows = items.map((entry) => {
    const [amount, token] = money(entry.amount, entry.token);
    return [entry.block_time, entry.chain_id, entry.block_number, entry.words, entry.event, amount, token, entry.tx_hash];
  });
  return { head, rows, whole };
}

async function readPurchases(address: string, told: (rows: number) => void, signal: AbortSignal): Promise<Table> {
  const { items, whole } = await all((cursor) => getPurchases({ account: address, limit: 100, ...(cursor !== null && { cursor }) }, signal), told);
  const head = ['time_utc', 'id', 'listing', 'name', 'plan', 'quantity', 'paid', 'token', 'payer', 'recipient', 'transaction'];
  const rows = items.map((each) => {
    const [paid, token] = money(each.amount, each.token);
    return [each.block_time, each.id, each.listing, each.listing_name, each.plan, each.quantity, paid, token, each.payer, each.recipient, each.tx_hash];
  });
  return { head, rows, whole };
}

async function readPasses(address: string, _told: (rows: number) => void, signal: AbortSignal): Promise<Table> {
  const { data } = await getAccount(address, signal);
  const passes = data.chains.flatMap((chain) => chain.passes);
  const head = ['plan', 'listing', 'name', 'kind', 'valid', 'quantity', 'unit', 'expires_utc', 'transferable'];
  const rows = passes.map((pass) => [pass.plan, pass.listing, pass.listing_name, pass.kind, String(pass.active), pass.quantity, pass.unit, pass.expires_at, String(pass.transferable)]);
  return { head, rows, whole: true };
}
