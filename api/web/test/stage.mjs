/** What all stories stand on: the page, the wallet, the chain beside them, and how they say what went wrong. */
import { readFile } from 'node:fs/promises';
import { createPublicClient, createWalletClient, encodeAbiParameters, http, parseEventLogs } from 'viem';
import { account } from './wallet.mjs';

/** @import { Locator, Page } from 'playwright-core' */
/** @import { TestWallet } from './wallet.mjs' */
/** @import { Abi, TransactionReceipt } from 'viem' */

export const PATIENCE_MS = 30_000;
/** Which of Anvil's keys plays whom. */
export const PROVIDER = 1;
export const BUYER = 2;
export const FAUCET = 0;
export const FRIEND = 5;
const ZERO = '0x0000000000000000000000000000000000000000';

/** @typedef {{ url: string; rpc: string; page: Page; wallet: TestWallet; contracts: Record<string, `0x${string}`>; chain: number; size: string; axe: string }} Stage */

export class StoryError extends Error {}

/** @param {string} line */
export function passed(line) {
  console.log(`ok    ${line}`);
}

/** @param {Locator} locator @param {string} sentence what is wrong when it never comes */
export async function see(locator, sentence) {
  try {
    await locator.first().waitFor({ state: 'visible', timeout: PATIENCE_MS });
  } catch {
    throw new StoryError(sentence);
  }
}

/** @param {Stage} stage @param {string} path */
export async function open({ page, url }, path) {
  await page.goto(url + path);
}

/** Opens a page with the wallet that was connected before. @param {Stage} stage @param {number} index @param {string} path */
export async function openAs(stage, index, path) {
  await stage.wallet.use(index);
  await open(stage, path);
  await see(stage.page.getByTestId('wallet'), 'The wallet was not connected again.');
}

/** No page may hold what axe-core finds wrong. @param {Stage} stage @param {string} name */
export async function checkAccess({ page, size, axe }, name) {
  await page.evaluate(axe);
  const found = await violations(page);
  if (found.length > 0) throw new StoryError(`${name} on a ${size} is not accessible to all: ${found.join(' | ')}`);
  passed(`${size}: ${name} has no accessibility violations`);
}

/** @param {Page} page */
function violations(page) {
  return page.evaluate(async () => {
    const { axe: run } = /** @type {{ axe: { run: (options: object) => Promise<{ violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }> } }} */ (/** @type {unknown} */ (window));
    const { violations: found } = await run.run({ resultTypes: ['violations'] });
    return found.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary?.slice(0, 300) ?? ''}`);
  });
}

/** @type {Map<string, Abi>} */
const abis = new Map();

/** @param {string} name */
async function abiOf(name) {
  const known = abis.get(name);
  if (known !== undefined) return known;
  const artifact = JSON.parse(await readFile(new URL(`../../../contracts/artifacts/${name}.json`, import.meta.url), 'utf8'));
  const abi = /** @type {Abi} */ (artifact.abi);
  abis.set(name, abi);
  return abi;
}

/**
 * Sends as one of Anvil's accounts, beside the page.
 * @param {Stage} stage @param {number} index @param {string} contract its name @param {string} functionName @param {readonly unknown[]} args
 * @returns {Promise<TransactionReceipt>}
 */
export async function send({ rpc, contracts }, index, contract, functionName, args) {
  const transport = http(rpc);
  const client = createWalletClient({ account: account(index), transport });
  const hash = await client.writeContract({ address: contracts[contract] ?? '0x', abi: await abiOf(contract), functionName, args, chain: null });
  return createPublicClient({ transport }).waitForTransactionReceipt({ hash, pollingInterval: 100 });
}

/** @param {Stage} stage @param {string} contract @param {string} functionName @param {readonly unknown[]} args */
export async function ask({ rpc, contracts }, contract, functionName, args = []) {
  return createPublicClient({ transport: http(rpc) }).readContract({ address: contracts[contract] ?? '0x', abi: await abiOf(contract), functionName, args });
}

/** @param {TransactionReceipt} receipt @param {string} contract @param {string} eventName @param {string} argument */
async function told(receipt, contract, eventName, argument) {
  const [event] = parseEventLogs({ abi: await abiOf(contract), eventName, logs: receipt.logs });
  return /** @type {{ args: Record<string, bigint> }} */ (/** @type {unknown} */ (event)).args[argument] ?? 0n;
}

/**
 * A listing made beside the page, described by a data URI.
 * @param {Stage} stage @param {object} metadata @param {`0x${string}`} hash of its content @param {string[]} uris
 * @returns {Promise<string>} its public id
 */
export async function makeListing(stage, metadata, hash, uris) {
  const uri = `data:application/json;base64,${Buffer.from(JSON.stringify(metadata)).toString('base64')}`;
  const listing = { kind: 0, uri, contentHash: hash, uris, licence: 'Apache-2.0', derivatives: true, derivativeBps: 100, parents: [], parentBps: [], royaltyReceiver: ZERO, royaltyBps: 0 };
  const receipt = await send(stage, PROVIDER, 'Listings', 'create', [listing]);
  return `${stage.chain}-${await told(receipt, 'Listings', 'ListingCreated', 'listing')}`;
}

/**
 * A licence made beside the page.
 * @param {Stage} stage @param {string} listing @param {string} token its address @param {bigint} price
 * @returns {Promise<string>} its public id
 */
export async function makePlan(stage, listing, token, price) {
  const plan = { listing: numberOf(listing), kind: 0, token, price, cap: 0n, transferable: false, period: 0, units: 0, unit: '', from: 0n, until: 0n, gate: ZERO, tierDiscount: false };
  const receipt = await send(stage, PROVIDER, 'Market', 'createPlan', [plan]);
  return `${stage.chain}-${await told(receipt, 'Market', 'PlanCreated', 'plan')}`;
}

/** Takes a free plan, beside the page. @param {Stage} stage @param {number} index @param {string} plan @param {string} token */
export async function takeFree(stage, index, plan, token) {
  const data = encodeAbiParameters([{ type: 'uint256' }, { type: 'uint32' }, { type: 'uint64' }, { type: 'address' }], [numberOf(plan), 1, 1n, account(index).address]);
  await send(stage, index, 'Vault', 'pay', [stage.contracts['Market'], token, 0n, 0, data]);
}

/** @param {string} id a public id @returns {bigint} */
export function numberOf(id) {
  return BigInt(id.split('-')[1] ?? '0');
}

/** Buys in the dialog that is open, and waits until the page's data holds it. @param {Stage} stage */
export async function pay({ page }) {
  await page.getByTestId('confirm-buy').and(page.locator(':enabled')).click();
  await see(page.getByTestId('bought'), 'The purchase was never seen.');
}
