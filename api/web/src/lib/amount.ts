/** A token as the API gives it. A token that answers no metadata has `null` symbol and decimals. */
export interface TokenLike {
  address: string;
  symbol?: string | null;
  decimals?: number | null;
}

export interface FormattedAmount {
  /** Grouped decimal text, cut (never rounded up) to the digits asked for. */
  text: string;
  /** The whole value, grouped, with every digit. */
  exact: string;
  /** True when `text` leaves digits out. */
  cut: boolean;
}

const GROUP = /\B(?=(\d{3})+(?!\d))/g;

export function groupDigits(digits: string): string {
  return digits.replace(GROUP, ',');
}

/**
 * Formats `base`, a decimal string in the token's smallest unit, without ever passing through a
 * floating point number.
 *
 * `digits` bounds the significant digits after the point: 0.00000123456 with 4 is 0.000001234.
 * Throws when `base` is not a decimal integer or `decimals` is not a whole number of 0 to 255.
 */
export function formatAmount(base: string, decimals: number, digits = Infinity): FormattedAmount {
  if (!/^-?\d+$/.test(base)) throw new Error(`"${base}" is not an amount in base units`);
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 255) {
    throw new Error(`${decimals} is not a token's number of decimals`);
  }
  const value = BigInt(base);
  const sign = value < 0n ? '-' : '';
  const padded = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const split = padded.length - decimals;
  const whole = groupDigits(padded.slice(0, split));
  const fraction = padded.slice(split).replace(/0+$/, '');
  const exact = sign + (fraction === '' ? whole : `${whole}.${fraction}`);

  // Leading zeros are free only while there is nothing before the point.
  const free = whole === '0' ? fraction.length - fraction.replace(/^0+/, '').length : 0;
  const kept = fraction.slice(0, free + digits).replace(/0+$/, '');
  const text = sign + (kept === '' ? whole : `${whole}.${kept}`);
  return { text, exact, cut: kept.length < fraction.length };
}

/** A decimal number of base units, such as a share's part of an amount, in the token's own unit. */
export function formatDecimal(text: string, decimals: number, digits = Infinity): string {
  const [whole = '0', fraction = ''] = text.split('.');
  const { text: shown, cut } = formatAmount(whole + fraction, decimals + fraction.length, digits);
  return cut ? `${shown}…` : shown;
}

/** What to call a token: its symbol, else its short address. */
export function tokenLabel(token: TokenLike): string {
  const symbol = token.symbol?.trim();
  return symbol ? symbol : shortHex(token.address);
}

export function shortHex(hex: string, lead = 6, tail = 4): string {
  return hex.length <= lead + tail + 1 ? hex : `${hex.slice(0, lead)}…${hex.slice(-tail)}`;
}

/** 250 basis points are "2.5 %"; exact, no floating point. */
export function formatBps(bps: number): string {
  return `${formatAmount(String(bps), 2).text} %`;
}
