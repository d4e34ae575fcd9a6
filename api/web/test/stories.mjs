/**
 * Users' stories on the served page, in a real browser against a real chain, indexer and API: a provider lists, a
 * buyer buys and renews, a staker locks, a shareholder claims, a reorganisation takes a purchase back. On a desktop
 * and on a phone. Prints one line per step; ends with 1 at the first that fails.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { launch } from './chromium.mjs';
import { developers } from './developers.mjs';
import { divide, earnByStake, settle } from './owning.mjs';
import { drop, lookClosely, payAllWays, sellToList, setUpShop } from './paying.mjs';
import { buyWithoutGas, upload } from './signing.mjs';
import { BUYER, checkAccess, FAUCET, open, passed, PATIENCE_MS, pay, PROVIDER, see, send, StoryError } from './stage.mjs';
import { compare, loseTouch, takeAlong } from './watching.mjs';
import { account, TestWallet } from './wallet.mjs';

/** @import { Stage } from './stage.mjs' */

/** Light is looked at on a desktop, dark on a phone: so both are judged, and no page twice. */
const SIZES = /** @type {const} */ ({
  desktop: { width: 1280, height: 800, theme: 'light' },
  phone: { width: 390, height: 844, theme: 'dark' },
});

/** @param {Stage} stage */
async function connect({ page }) {
  await page.getByTestId('connect').click();
  await page.getByTestId('wallet-option').click();
  await see(page.getByTestId('wallet'), 'The wallet was never connected.');
}

/** @param {Stage} stage @returns {Promise<string>} the listing's public id */
async function list(stage) {
  const { page, size, wallet } = stage;
  await wallet.use(PROVIDER);
  await open(stage, '/sell');
  await see(page.getByTestId('wallet'), 'The wallet was not connected again after a reload.');
  await page.getByTestId('list').click();
  await see(page.getByText('Give it a name.'), 'An empty form was not refused.');
  await checkAccess(stage, 'the form to list something');
  await page.getByLabel('Name', { exact: true }).fill(`Tidal ${size}`);
  await page.getByLabel('Description').fill('Forecasts tides.');
  await page.getByLabel('Tags').fill('tides, sea');
  await page.getByLabel('File').setInputFiles({ name: 'weights.bin', mimeType: 'application/octet-stream', buffer: Buffer.from(`weights ${size}`) });
  await see(page.getByTestId('file-hash'), 'The file was not hashed.');
  await page.getByLabel('Where it can be fetched').fill('https://assets.example/tidal');
  await page.getByTestId('list').click();
  await page.waitForURL(/\/listings\/\d+-\d+\/manage$/, { timeout: PATIENCE_MS });
  const id = /listings\/(\d+-\d+)\//.exec(page.url())?.[1] ?? '';
  await see(page.getByTestId('new-plan'), 'There is no form for a plan.');
  await page.getByLabel('What it sells').selectOption('subscription');
  await page.getByLabel('Paid in').selectOption('other');
  await page.getByLabel('Address of the token').fill(stage.contracts['DemoUSD'] ?? '');
  await see(page.getByText('dUSD, 6 decimals'), 'The token did not tell its name.');
  await page.getByLabel('Price', { exact: true }).fill('12.5');
  await page.getByTestId('create-plan').click();
  await see(page.getByTestId('own-plan'), 'The plan never appeared.');
  await checkAccess(stage, 'the page to manage a listing');
  passed(`${size}: a provider lists and prices ${id}`);
  return id;
}

/** @param {Stage} stage @param {string} id */
async function buy(stage, id) {
  const { page, size, wallet, chain } = stage;
  await wallet.use(BUYER);
  await open(stage, `/listings/${id}`);
  await see(page.getByTestId('wallet'), 'The wallet was not connected again.');
  await wallet.goTo(1);
  await page.getByTestId('buy').click();
  await see(page.getByTestId('wrong-network'), 'A wallet on another network was not told so.');
  await page.getByRole('button', { name: /^Switch to/ }).click();
  await see(page.getByTestId('confirm-buy'), 'Switching the network led nowhere.');
  await see(page.getByRole('radio'), 'No source of money is offered.');
  await checkAccess(stage, 'the purchase dialog');
  wallet.refuseNext();
  await page.getByTestId('confirm-buy').and(page.locator(':enabled')).click();
  await see(page.locator('[data-testid="refusal"][data-declined]'), 'A refusal in the wallet was not told.');
  passed(`${size}: wrong network and refusal say what to do`);

  wallet.hold();
  await page.getByTestId('confirm-buy').and(page.locator(':enabled')).click();
  await see(page.locator('dialog [data-testid="transaction"][data-state="wallet"]'), 'Nothing says that the wallet is asked.');
  wallet.release();
  await see(page.getByTestId('bought'), 'The purchase was never seen.');
  await page.getByTestId('bought').click();
  await see(page.getByTestId('use'), 'Nothing says how to use what was bought.');
  await page.getByLabel('Check what you downloaded').setInputFiles({ name: 'weights.bin', mimeType: 'application/octet-stream', buffer: Buffer.from(`weights ${size}`) });
  await see(page.getByText('It is exactly what the chain names.'), 'The right file was not recognised.');
  await checkAccess(stage, 'the page of a bought listing');
  if (wallet.chain !== chain) throw new StoryError('The wallet is on another chain.');
  passed(`${size}: a buyer buys and checks the file`);
}

/** @param {Stage} stage @param {string} id */
async function renew(stage, id) {
  const { page, size } = stage;
  await open(stage, '/portfolio');
  const pass = page.getByTestId('own-pass').filter({ hasText: `Tidal ${size}` }).first();
  await see(pass, 'The portfolio does not show the pass.');
  const before = await pass.getAttribute('data-expires');
  await pass.getByRole('link', { name: 'Renew' }).click();
  await page.waitForURL(new RegExp(`/listings/${id}`));
  await page.getByTestId('buy').click();
  await pay(stage);
  await open(stage, '/portfolio');
  await see(pass, 'The portfolio lost the pass.');
  const after = await pass.getAttribute('data-expires');
  if (!(Date.parse(after ?? '') > Date.parse(before ?? ''))) throw new StoryError(`The renewal moved the end from ${before} to ${after}.`);
  passed(`${size}: a renewal moves the end`);
}

/** @param {Stage} stage */
async function vault(stage) {
  const { page, size } = stage;
  await open(stage, '/portfolio');
  await page.getByTestId('deposit').click();
  await page.getByLabel('Token', { exact: true }).selectOption({ label: 'dUSD' });
  await see(page.getByText(/Your wallet has [1-9]/), 'The wallet’s balance is not shown.');
  await page.getByLabel('Amount').fill('20');
  await page.getByTestId('confirm-move').and(page.locator(':enabled')).click();
  await see(page.getByRole('button', { name: 'Done' }), 'The deposit was never seen.');
  await page.getByRole('button', { name: 'Done' }).click();
  await see(page.getByTestId('vault-balance'), 'The vault balance did not appear.');
  await page.getByTestId('withdraw').click();
  await page.getByLabel('Token', { exact: true }).selectOption({ label: 'dUSD' });
  await page.getByLabel('Amount').fill('5');
  await page.getByTestId('confirm-move').and(page.locator(':enabled')).click();
  await see(page.getByRole('button', { name: 'Done' }), 'The withdrawal was never seen.');
  await page.getByRole('button', { name: 'Done' }).click();
  passed(`${size}: deposit and withdrawal`);
}

/** @param {Stage} stage */
async function stake(stage) {
  const { page, size } = stage;
  await open(stage, '/portfolio');
  const lock = page.getByTestId('own-lock');
  await see(lock, 'The portfolio has no place for a lock.');
  const raise = (await lock.getAttribute('data-active')) !== null;
  await page.getByTestId(raise ? 'raise' : 'lock').click();
  await page.getByLabel('Amount').fill('1000');
  // Room is left to extend it.
  if (!raise) await page.getByLabel('Weeks').fill('26');
  await page.getByTestId('confirm-lock').and(page.locator(':enabled')).click();
  await see(page.getByRole('button', { name: 'Done' }), 'The lock was never seen.');
  await page.getByRole('button', { name: 'Done' }).click();
  await see(page.locator('[data-testid="own-lock"][data-active]'), 'The lock is not shown.');
  if (!stage.wallet.asked.includes('eth_signTypedData_v4')) throw new StoryError('STOA takes signatures, and none was asked for.');
  await checkAccess(stage, 'the portfolio');
  passed(`${size}: a staker ${raise ? 'adds to a lock' : 'locks'}`);
}

/** @param {Stage} stage @param {string} id */
async function reorg(stage, id) {
  const { page, size, wallet } = stage;
  await wallet.use(BUYER);
  await open(stage, `/listings/${id}`);
  await see(page.getByTestId('wallet'), 'The wallet was not connected again.');
  const [snapshot, sent] = [await wallet.rpc('evm_snapshot', []), wallet.sent];
  // The newest stands first: the purchase, of which an approval may be the first half.
  const newest = (/** @type {string} */ state) => page.locator(`#wallet-menu li:first-child [data-state="${state}"]`);
  await page.getByTestId('buy').click();
  await pay(stage);
  await page.getByTestId('bought').click();
  await wallet.rpc('evm_revert', [snapshot]);
  // A longer branch without the purchase: another time makes its blocks others.
  await wallet.rpc('evm_increaseTime', [7]);
  await wallet.rpc('anvil_mine', ['0x4']);
  await page.getByTestId('wallet').click();
  await see(newest('reorged'), 'A purchase that a reorganisation took back is still called done.');
  await checkAccess(stage, 'the wallet’s menu');
  await page.reload();
  await page.getByTestId('wallet').click();
  await see(newest('reorged'), 'The state was lost on reload.');
  await wallet.sendAgain(sent);
  await see(newest('seen'), 'A purchase that came back is not called done.');
  passed(`${size}: a reorganisation is told, survives a reload, and heals`);
}

/** @param {Stage} stage */
async function read(stage) {
  const { page, size } = stage;
  for (const [path, name] of /** @type {const} */ ([
    ['/', 'the gallery'],
    ['/activity', 'the activity'],
    ['/staking', 'the staking page'],
  ])) {
    await open(stage, path);
    await see(page.locator('main h1'), `${name} has no heading.`);
    await see(page.locator('[data-testid="chain-status"][data-block]'), 'The header never showed a block.');
    await checkAccess(stage, name);
  }
  await open(stage, '/market?range=day');
  await see(page.locator('figure canvas'), 'No chart was drawn.');
  await page.locator('figure summary').first().click();
  await see(page.locator('figure table').getByText('dUSD').first(), 'The figures behind a chart are not shown.');
  await checkAccess(stage, 'the market');
  await page.getByLabel('Who').selectOption('providers');
  await page.waitForURL(/of=providers/);
  passed(`${size}: an analyst reads charts, figures and leaders, and the address says which`);
}

/** @param {Stage} stage */
async function tell(stage) {
  const id = await list(stage);
  await buy(stage, id);
  await renew(stage, id);
  await vault(stage);
  await stake(stage);
  await divide(stage, id);
  const shop = await setUpShop(stage);
  await payAllWays(stage, shop);
  await buyWithoutGas(stage, shop.id);
  await upload(stage);
  await sellToList(stage, shop);
  await settle(stage, shop);
  await earnByStake(stage);
  await read(stage);
  await lookClosely(stage, shop);
  await compare(stage, shop, id);
  await takeAlong(stage);
  await developers(stage);
  await loseTouch(stage, shop);
  await drop(stage, shop);
  await reorg(stage, id);
}

async function main() {
  const [url, rpc] = process.argv.slice(2);
  if (url === undefined || rpc === undefined) throw new StoryError('Usage: node test/stories.mjs URL RPC');
  const { data } = /** @type {{ data: { chains: { chain_id: number; contracts: Record<string, `0x${string}`> }[] } }} */ (await (await fetch(`${url}/v1/status`)).json());
  const [served] = data.chains;
  if (served === undefined) throw new StoryError('The API serves no chain.');
  const browser = await launch();
  try {
    // One page for all: this Chromium is one process, and ends with its first page.
    const page = await (await browser.newContext({ locale: 'en-GB', colorScheme: 'light' })).newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => console.error(`FAIL  an error nobody caught: ${error.message}`));
    const wallet = new TestWallet(page, rpc, served.chain_id, PROVIDER);
    await wallet.install();
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const stage = { url, rpc, page, wallet, contracts: served.contracts, chain: served.chain_id, size: 'desktop', axe };
    await send(stage, FAUCET, 'DemoUSD', 'mint', [account(BUYER).address, 10n ** 9n]);
    await send(stage, FAUCET, 'StoaToken', 'transfer', [account(BUYER).address, 5000n * 10n ** 18n]);
    await open(stage, '/');
    await connect(stage);
    for (const [size, { width, height, theme }] of Object.entries(SIZES)) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const began = Date.now();
      try {
        await tell({ ...stage, size });
      } catch (error) {
        if (process.env['STOA_SHOT']) await page.screenshot({ path: process.env['STOA_SHOT'] });
        throw error;
      }
      passed(`${size}: all in ${((Date.now() - began) / 1000).toFixed(0)} s`);
    }
  } finally {
    await browser.close();
  }
}

try {
  await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`FAIL  ${error instanceof StoryError ? message : `The stories could not go on: ${message}`}`);
  process.exitCode = 1;
}
