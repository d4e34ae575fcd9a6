/**
 * Reads a decimal amount such as `12.5` into base units, exactly. `null` for what is no amount, is negative, or has
 * more digits after the point than the token.
 */
export function parseAmount(text: string, decimals: number): bigint | null {
  const match = /^(\d+)(?:\.(\d*))?$|^\.(\d+)$/.exec(text.trim().replaceAll(',', ''));
  if (match === null) return null;
  const whole = match[1] ?? '0';
  const fraction = (match[2] ?? match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) return null;
  return BigInt(whole + fraction.padEnd(decimals, '0'));
}

/** A part in percent with at most two decimals as 1/10,000; `null` for what is none, or more than `most`. */
export function parseBps(text: string, most = 10_000): number | null {
  const bps = parseAmount(text.replace('%', ''), 2);
  return bps === null || bps > BigInt(most) ? null : Number(bps);
}

export function isAddress(text: string): text is `0x${string}` {
  return /^0x[0-9a-fA-F]{40}$/.test(text.trim());
}

/** The chain and the number of a public id such as `31337-4`. */
export function splitId(id: string): { chain: number; number: bigint } {
  const [chain = '0', number = '0'] = id.split('-');
  return { chain: Number(chain), number: BigInt(number) };
}

/** Accounts of a text with one to a line, or commas between; those that are none stand in `wrong`. */
export function readAccounts(text: string): { accounts: `0x${string}`[]; wrong: string[] } {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  const accounts = words.filter(isAddress).map((account) => account.toLowerCase() as `0x${string}`);
  return { accounts: [...new Set(accounts)], wrong: words.filter((word) => !isAddress(word)) };
}
