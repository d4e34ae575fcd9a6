import { domainSeparator, encodeAbiParameters, encodeFunctionData, type Hex as Bytes, hexToBigInt, parseSignature, type TypedDataDomain, zeroHash } from 'viem';
import { marketAbi, stoaTokenAbi, vaultAbi } from '../chain/abi';
import type { Actor } from './engine';
import { FUNDING, type Purse, type Source } from './funding';
import { toRefusal } from './refusal';
import type { Step } from './send';
import type { Hex } from './store';

/** A payment through the Vault to a contract that it pays. */
export interface Payment {
  vault: Hex;
  target: Hex;
  token: Hex;
  amount: bigint;
  data: Bytes;
  title: string;
  about: string;
  /** The token in words, for the title of an approval. */
  amountWords: string;
}

/** How long a permit or authorization that is sent at once is good. */
const GOOD_FOR = 3600n;

/**
 * The domain in which a token's messages are signed. None where the token tells no separator, or one that its name
 * and usual versions do not give: a signature would be worth nothing then.
 */
async function tokenDomain({ read, chainId }: Actor, token: Hex): Promise<TypedDataDomain | null> {
  const contract = { address: token, abi: stoaTokenAbi } as const;
  const separator = await read.readContract({ ...contract, functionName: 'DOMAIN_SEPARATOR' }).catch(() => null);
  if (separator === null) return null;
  const told = await read.readContract({ ...contract, functionName: 'eip712Domain' }).catch(() => null);
  const name = await read.readContract({ ...contract, functionName: 'name' }).catch(() => null);
  const names: [string, string][] = told === null ? [] : [[told[1], told[2]]];
  if (name !== null) names.push([name, '1'], [name, '2']);
  const domains = names.map(([each, version]) => ({ name: each, version, chainId, verifyingContract: token }));
  return domains.find((domain) => domainSeparator({ domain }) === separator) ?? null;
}

/** What the account has of a token, and what the token takes. */
export async function purseOf(actor: Actor, vault: Hex, token: Hex): Promise<Purse> {
  const { account, read } = actor;
  const contract = { address: token, abi: stoaTokenAbi } as const;
  const [held, wallet, allowance, weth, domain, nonce, authorized] = await Promise.all([
    read.readContract({ address: vault, abi: vaultAbi, functionName: 'balanceOf', args: [account, hexToBigInt(token)] }),
    read.readContract({ ...contract, functionName: 'balanceOf', args: [account] }),
    read.readContract({ ...contract, functionName: 'allowance', args: [account, vault] }),
    read.readContract({ address: vault, abi: vaultAbi, functionName: 'weth' }),
    tokenDomain(actor, token),
    read.readContract({ ...contract, functionName: 'nonces', args: [account] }).catch(() => null),
    read.readContract({ ...contract, functionName: 'authorizationState', args: [account, zeroHash] }).catch(() => null),
  ]);
  const isCoin = weth.toLowerCase() === token.toLowerCase();
  return {
    vault: held,
    wallet,
    allowance,
    coin: isCoin ? await read.getBalance({ address: account }) : null,
    takes: { permit: domain !== null && nonce !== null, authorization: domain !== null && authorized === false },
  };
}

/** Asks the paid contract whether it would take the payment, as the Vault asks it, before any question of money. */
export async function askTarget({ account, read }: Actor, payment: Payment): Promise<void> {
  const { vault, target, token, amount, data } = payment;
  const args = [account, token, amount, data, zeroHash] as const;
  try {
    await read.call({ account: vault, to: target, data: encodeFunctionData({ abi: marketAbi, functionName: 'onPay', args }) });
  } catch (error) {
    throw toRefusal(error);
  }
}

/** The transactions of a payment. A source by signature asks the wallet for it here. */
export async function paySteps(actor: Actor, payment: Payment, source: Source): Promise<Step[]> {
  const { vault, target, token, amount, data, title, about } = payment;
  const funding = FUNDING[source];
  const step = (call: Bytes): Step => ({ title, to: vault, data: call, about });
  if (source === 'permit' || source === 'authorization') {
    const grant = await (source === 'permit' ? signPermit : signAuthorization)(actor, payment).catch((error: unknown) => {
      throw toRefusal(error);
    });
    return [step(encodeFunctionData({ abi: vaultAbi, functionName: 'payWithGrant', args: [target, token, amount, funding, grant, data] }))];
  }
  const pay = step(encodeFunctionData({ abi: vaultAbi, functionName: 'pay', args: [target, token, amount, funding, data] }));
  if (source === 'native') return [{ ...pay, value: amount }];
  return source === 'approve' ? [approveStep(payment), pay] : [pay];
}

/** Lets the Vault take exactly the amount out of the wallet. */
export function approveStep({ vault, token, amount, amountWords, about }: Pick<Payment, 'vault' | 'token' | 'amount' | 'amountWords' | 'about'>): Step {
  const data = encodeFunctionData({ abi: stoaTokenAbi, functionName: 'approve', args: [vault, amount] });
  return { title: `Allow the Vault to take ${amountWords}`, to: token, data, about, told: false };
}

export async function deadline({ read }: Actor): Promise<bigint> {
  return (await read.getBlock()).timestamp + GOOD_FOR;
}

async function domainOf(actor: Actor, token: Hex): Promise<TypedDataDomain> {
  const domain = await tokenDomain(actor, token);
  if (domain === null) throw new Error('This token takes no signed messages');
  return domain;
}

async function signPermit(actor: Actor, { vault, token, amount }: Payment): Promise<Bytes> {
  const { account, read, write } = actor;
  const nonce = await read.readContract({ address: token, abi: stoaTokenAbi, functionName: 'nonces', args: [account] });
  const until = await deadline(actor);
  const signature = await write.signTypedData({
    account,
    domain: await domainOf(actor, token),
    types: {
      Permit: [
        { name: 'owner', type: 'address' },
        { name: 'spender', type: 'address' },
        { name: 'value', type: 'uint256' },
        { name: 'nonce', type: 'uint256' },
        { name: 'deadline', type: 'uint256' },
      ],
    },
    primaryType: 'Permit',
    message: { owner: account, spender: vault, value: amount, nonce, deadline: until },
  });
  const { r, s, v, yParity } = parseSignature(signature);
  return encodeAbiParameters(
    [{ type: 'uint256' }, { type: 'uint256' }, { type: 'uint8' }, { type: 'bytes32' }, { type: 'bytes32' }],
    [amount, until, Number(v ?? BigInt(yParity + 27)), r, s],
  );
}

/** As many random bytes. */
export function randomBytes(length: number): Bytes {
  return `0x${[...crypto.getRandomValues(new Uint8Array(length))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Lets the Vault take the amount by the token's own signature. For an order its nonce is the order's hash, which is not told again. */
export async function signAuthorization(actor: Actor, { vault, token, amount }: Payment, order: Bytes | null = null): Promise<Bytes> {
  const nonce = order ?? randomBytes(32);
  const { account, write } = actor;
  const validBefore = (await deadline(actor)) + 1n;
  const signature = await write.signTypedData({
    account,
    domain: await domainOf(actor, token),
    types: {
      ReceiveWithAuthorization: [
        { name: 'from', type: 'address' },
        { name: 'to', type: 'address' },
        { name: 'value', type: 'uint256' },
        { name: 'validAfter', type: 'uint256' },
        { name: 'validBefore', type: 'uint256' },
        { name: 'nonce', type: 'bytes32' },
      ],
    },
    primaryType: 'ReceiveWithAuthorization',
    message: { from: account, to: vault, value: amount, validAfter: 0n, validBefore, nonce },
  });
  return encodeAbiParameters(
    [
      {
        type: 'tuple',
        components: [
          { name: 'validAfter', type: 'uint256' },
          { name: 'validBefore', type: 'uint256' },
          { name: 'nonce', type: 'bytes32' },
          { name: 'signature', type: 'bytes' },
        ],
      },
    ],
    [{ validAfter: 0n, validBefore, nonce: order === null ? nonce : zeroHash, signature }],
  );
}
