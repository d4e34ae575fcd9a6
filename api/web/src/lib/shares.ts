import type { TokenLike } from './amount';

/** Shares as an amount to format: an ERC-20 of 18 decimals. */
export function shareToken(share: { share: string; symbol: string }): TokenLike {
  return { address: share.share, symbol: share.symbol, decimals: 18 };
}

/**
 * What part `amount` is of `supply`, in hundredths of a percent, rounded down; exact, no floating point.
 * Nothing of a supply of nothing.
 */
export function partBps(amount: string, supply: string): number {
  const whole = BigInt(supply);
  return whole === 0n ? 0 : Number((BigInt(amount) * 10_000n) / whole);
}
