/** Where the money of a payment may come from. What the Vault calls each is its index in `FUNDING`. */
export type Source = 'balance' | 'allowance' | 'permit' | 'authorization' | 'native' | 'approve';

export const FUNDING: Record<Source, number> = { balance: 0, allowance: 1, approve: 1, permit: 2, authorization: 3, native: 4 };

/** What an account has of a token, and what the token takes. */
export interface Purse {
  vault: bigint;
  wallet: bigint;
  /** What the Vault may take out of the wallet. */
  allowance: bigint;
  /** The chain's coin, where the token is it wrapped. */
  coin: bigint | null;
  takes: { permit: boolean; authorization: boolean };
}

export const SOURCE_WORDS: Record<Source, { name: string; how: string }> = {
  balance: { name: 'Vault balance', how: 'one transaction' },
  allowance: { name: 'Wallet, as already allowed', how: 'one transaction' },
  authorization: { name: 'Wallet, by signature', how: 'one signature, one transaction' },
  permit: { name: 'Wallet, by permit', how: 'one signature, one transaction' },
  native: { name: 'The chain’s coin', how: 'one transaction' },
  approve: { name: 'Wallet, by approval', how: 'two transactions: allow exactly this amount, then pay' },
};

/** The sources that have all of it, the simplest first. Sources are not mixed. */
export function sourcesFor(purse: Purse, amount: bigint): Source[] {
  // What costs nothing needs no money: the balance, whatever it is, pays it.
  if (amount === 0n) return ['balance'];
  const sources: Source[] = [];
  if (purse.vault >= amount) sources.push('balance');
  if (purse.wallet >= amount) {
    if (purse.allowance >= amount) sources.push('allowance');
    else {
      if (purse.takes.authorization) sources.push('authorization');
      if (purse.takes.permit) sources.push('permit');
      sources.push('approve');
    }
  }
  // Gas is paid in the same coin, so all of it is never enough.
  if (purse.coin !== null && purse.coin > amount) sources.push('native');
  return sources;
}
