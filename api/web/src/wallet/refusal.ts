import { BaseError, decodeErrorResult, type Hex as Bytes, UserRejectedRequestError } from 'viem';
import { errorsAbi, REFUSALS } from '../chain/abi';
import { shortHex } from '../lib/amount';
import { Declined, Refused } from './refusal-kinds';

const CODE_DECLINED = 4001;
const CODE_UNKNOWN_CHAIN = 4902;

function show(value: unknown, as: string | undefined): string {
  if (as === 'time') return new Date(Number(value) * 1000).toLocaleString('en-GB');
  if (as === 'token' && typeof value === 'bigint') return `token 0x${value.toString(16).padStart(40, '0')}`;
  const text = String(value);
  return /^0x[0-9a-fA-F]{40,}$/.test(text) ? shortHex(text) : text;
}

/** What a contract's error says, in a sentence; `null` for bytes that are no error of ours. */
export function decodeRefusal(data: Bytes): string | null {
  try {
    const { errorName, args, abiItem } = decodeErrorResult({ abi: errorsAbi, data });
    const words = REFUSALS[errorName];
    const inputs: readonly { name?: string }[] = abiItem.inputs;
    const values = new Map(inputs.map(({ name }, at) => [name, (args as readonly unknown[] | undefined)?.[at]]));
    // `Error(string)` and `Panic(uint256)` are the language's own.
    if (words === undefined) return (errorName as string) === 'Error' ? String((args as readonly unknown[])[0]) : errorName;
    return words.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name: string, as?: string) => show(values.get(name), as));
  } catch {
    return null;
  }
}

/** Wallets and nodes put revert data in different places, at different depths. */
function revertData(error: unknown, depth = 0): Bytes | null {
  if (depth > 8 || typeof error !== 'object' || error === null) return null;
  const { data, cause, error: inner } = error as { data?: unknown; cause?: unknown; error?: unknown };
  if (typeof data === 'string' && /^0x([0-9a-f]{8})/i.test(data)) return data as Bytes;
  return revertData(data, depth + 1) ?? revertData(inner, depth + 1) ?? revertData(cause, depth + 1);
}

function hasCode(error: unknown, code: number, depth = 0): boolean {
  if (depth > 8 || typeof error !== 'object' || error === null) return false;
  const { code: own, cause } = error as { code?: unknown; cause?: unknown };
  return own === code || hasCode(cause, code, depth + 1);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Any failure of a wallet or a contract as one of ours, with a message for people. */
export function toRefusal(error: unknown): Error {
  if (error instanceof Declined || error instanceof Refused) return error;
  const declined =
    hasCode(error, CODE_DECLINED) ||
    (error instanceof BaseError && error.walk((each) => each instanceof UserRejectedRequestError) !== null);
  if (declined) return new Declined('You declined it in your wallet. Nothing was sent.');
  if (hasCode(error, CODE_UNKNOWN_CHAIN)) {
    return new Refused('Your wallet does not know this network. Add it there, then try again.');
  }
  const data = revertData(error);
  const decoded = data === null ? null : decodeRefusal(data);
  if (decoded !== null) return new Refused(capital(sentence(decoded)));
  const text = error instanceof BaseError ? error.shortMessage : error instanceof Error ? error.message : String(error);
  if (/insufficient funds|exceeds the balance|gas required exceeds allowance/i.test(text)) {
    return new Refused('Your wallet has too little of the chain’s coin to pay for gas. Send some to it, then try again.');
  }
  return new Refused(sentence(text.split('\n', 1)[0] ?? text));
}
