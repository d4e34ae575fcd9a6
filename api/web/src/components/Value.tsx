import { Link } from '@tanstack/react-router';
import { formatAmount, groupDigits, shortHex, tokenLabel, type TokenLike } from '../lib/amount';
import { useNow } from '../lib/clock';
import { age, fullTime } from '../lib/time';
import { CopyButton } from './CopyButton';
import styles from './Value.module.css';

interface AmountProps {
  base: string;
  token: TokenLike;
  /** Significant digits after the point; the full value is in the tooltip. */
  digits?: number;
  /** Write a price of nothing as "Free". */
  free?: boolean;
}

/** An amount with its token, exact to the last digit unless `digits` cuts it. */
export function Amount({ base, token, digits = Infinity, free = false }: AmountProps) {
  if (free && /^0+$/.test(base)) return <span className={styles.amount}>Free</span>;
  const known = token.decimals != null;
  const { text, exact, cut } = formatAmount(base, token.decimals ?? 0, digits);
  const unit = known ? tokenLabel(token) : `units of ${tokenLabel(token)}`;
  return (
    <span className={styles.amount} title={`${exact} ${unit} · token ${token.address}`}>
      {text}
      {cut && <span aria-label=" and more">…</span>}
      <span className={styles.unit}> {unit}</span>
    </span>
  );
}

/** A number of 18 decimals that is no token of its own: staked STOA, a score. */
export function Quantity({ base, unit, digits = Infinity }: { base: string; unit: string; digits?: number }) {
  const { text, exact, cut } = formatAmount(base, 18, digits);
  return (
    <span className={styles.amount} title={`${exact} ${unit}`.trim()}>
      {text}
      {cut && <span aria-label=" and more">…</span>}
      {unit !== '' && <span className={styles.unit}> {unit}</span>}
    </span>
  );
}

export function Count({ value }: { value: string | number }) {
  return <>{groupDigits(String(value))}</>;
}

/** An address or hash: short to read, whole in the tooltip and on the clipboard. */
export function Hex({ value, label, copy = true }: { value: string; label: string; copy?: boolean }) {
  return (
    <span className={styles.hex}>
      <code title={value}>{shortHex(value)}</code>
      {copy && <CopyButton text={value} label={label} />}
    </span>
  );
}

/** An account's address, leading to its page. */
export function Account({ value, label, copy = true }: { value: string; label: string; copy?: boolean }) {
  return (
    <span className={styles.hex}>
      <Link to="/accounts/$address" params={{ address: value }} className={styles.account}>
        <code title={value}>{shortHex(value)}</code>
      </Link>
      {copy && <CopyButton text={value} label={label} />}
    </span>
  );
}

/** How long ago, ticking. */
export function Age({ time, suffix = false }: { time: string; suffix?: boolean }) {
  const now = useNow();
  return (
    <time dateTime={time} title={fullTime(time)}>
      {age(time, now)}
      {suffix && ' ago'}
    </time>
  );
}
