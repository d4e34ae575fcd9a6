import { decodeAbiParameters, hashTypedData, hexToBigInt, slice, size, type TypedDataDomain, zeroAddress } from 'viem';
import { getOrder, type RelayedOrder, submitOrder } from '../api/relay';
import { addTx, changeTx, dropTx } from './book';
import type { Actor } from './engine';
import { FUNDING, type Source } from './funding';
import { deadline, type Payment, randomBytes, signAuthorization } from './pay';
import { toRefusal } from './refusal';
import { Refused } from './refusal-kinds';
import type { Hex } from './store';

/** Sources for which one signature is all that a buyer gives. */
export const RELAYED: ReadonlySet<Source> = new Set(['balance', 'allowance', 'authorization']);

const LOOK_MS = 1000;
const WAIT_MS = 10 * 60_000;
/** Bytes of an order without what its gate takes. */
const ORDER_BYTES = 128;

const TYPES = {
  Pay: [
    { name: 'from', type: 'address' },
    { name: 'target', type: 'address' },
    { name: 'token', type: 'address' },
    { name: 'amount', type: 'uint256' },
    { name: 'funding', type: 'uint8' },
    { name: 'relayer', type: 'address' },
    { name: 'relayerFee', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
    { name: 'witness', type: 'Order' },
  ],
  Order: [
    { name: 'plan', type: 'uint256' },
    { name: 'version', type: 'uint32' },
    { name: 'quantity', type: 'uint64' },
    { name: 'recipient', type: 'address' },
    { name: 'gateData', type: 'bytes' },
  ],
} as const;

/** What a payment to the Market orders, read back from its data. */
function orderIn(data: Hex) {
  const [plan, version, quantity, recipient] = decodeAbiParameters([{ type: 'uint256' }, { type: 'uint32' }, { type: 'uint64' }, { type: 'address' }], slice(data, 0, ORDER_BYTES));
  const gateData: Hex = size(data) > ORDER_BYTES ? slice(data, ORDER_BYTES) : '0x';
  return { plan, version, quantity, recipient, gateData };
}

/**
 * Buys without gas: the wallet signs what it pays and for what, and this server sends it. Answers once it is in a block.
 * What the order can do is what was signed, whoever sends it.
 */
export async function payByRelay(actor: Actor, payment: Payment, source: Source, began: (id: string) => void): Promise<void> {
  const { account, chainId } = actor;
  const order = await signOrder(actor, payment, source).catch((error: unknown) => {
    throw toRefusal(error);
  });
  const id = crypto.randomUUID();
  const taken = await submitOrder(order, id);
  const hash = hashOf(taken);
  addTx({ id, chainId, account, title: payment.title, about: payment.about, hash, nonce: null, state: 'sent', block: null, at: Date.now(), told: true });
  began(id);
  const until = Date.now() + WAIT_MS;
  let now = taken;
  while (now.state !== 'included' && now.state !== 'final') {
    if (now.state === 'failed' || now.state === 'dropped') {
      dropTx(id);
      throw new Refused(`Nothing was bought. ${now.reason ?? ''}`);
    }
    if (Date.now() > until) throw new Refused('It is still waiting for a block. Your wallet’s list shows when it is in one.');
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_MS);
    });
    // What does not answer now may in a second.
    now = await getOrder(taken.id).catch(() => now);
    // For a higher fee it is another transaction.
    const current = hashOf(now);
    changeTx(id, (tx) => (tx.hash === current || tx.state !== 'sent' ? tx : { ...tx, hash: current }));
  }
}

function hashOf(order: RelayedOrder): Hex | null {
  return (order.tx_hash ?? order.transactions[0] ?? null) as Hex | null;
}

async function signOrder(actor: Actor, payment: Payment, source: Source): Promise<object> {
  const { account, chainId, write } = actor;
  const { vault, target, token, amount } = payment;
  const authorized = source === 'authorization';
  const witness = orderIn(payment.data);
  const pay = {
    from: account,
    target,
    token,
    amount,
    funding: FUNDING[source],
    relayer: zeroAddress,
    relayerFee: 0n,
    // An authorization is used once by itself.
    nonce: authorized ? 0n : hexToBigInt(randomBytes(16)),
    deadline: await deadline(actor),
  };
  const domain: TypedDataDomain = { name: 'Stoa Vault', version: '1', chainId, verifyingContract: vault };
  const typed = { domain, types: TYPES, primaryType: 'Pay', message: { ...pay, witness } } as const;
  // The token's authorization names the order by its hash: one signature consents to both.
  const grant = authorized ? await signAuthorization(actor, payment, hashTypedData(typed)) : '0x';
  const signature = authorized ? '0x' : await write.signTypedData({ account, ...typed });
  return {
    kind: 'pay',
    chainId,
    contract: vault,
    pay: { ...texts(pay), funding: source },
    order: { ...texts(witness), version: witness.version, quantity: Number(witness.quantity) },
    grant,
    signature,
  };
}

/** Numbers that may be large are decimal strings. */
function texts<T extends object>(struct: T): Record<string, unknown> {
  return Object.fromEntries(Object.entries(struct).map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]));
}
