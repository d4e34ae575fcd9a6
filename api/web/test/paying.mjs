/** Every way to pay: by permit, in the chain's coin, for somebody else, for nothing, from a list; and what is dropped. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { account } from './wallet.mjs';
import { ask, BUYER, checkAccess, FRIEND, makeListing, makePlan, openAs, pay, passed, PROVIDER, see, StoryError } from './stage.mjs';

/** @import { Stage } from './stage.mjs' */

const CONTENT = 'the weights of a small model';
const WORDS = `# What it does

Forecasts **tides**. <script>document.title = 'broken'</script> ![chart](https://elsewhere.example/x.png)

| port | error |
|---|---|
| Brest | 4 cm |

[More](https://elsewhere.example) and [worse](javascript:alert(1)).`;

/** @typedef {{ id: string; paid: string; coin: string; free: string; listed: string }} Shop */

/** A listing with a plan for every way to pay. @param {Stage} stage @returns {Promise<Shop>} */
export async function setUpShop(stage) {
  const { contracts, size } = stage;
  const dollar = contracts['DemoUSD'] ?? '0x';
  const hash = /** @type {`0x${string}`} */ (`0x${createHash('sha256').update(CONTENT).digest('hex')}`);
  const id = await makeListing(stage, { name: `Shop ${size}`, description: WORDS }, hash, [`data:text/plain,${encodeURIComponent(CONTENT)}`]);
  const paid = await makePlan(stage, id, contracts['StoaToken'] ?? '0x', 3n * 10n ** 18n);
  const weth = /** @type {`0x${string}`} */ (await ask(stage, 'Vault', 'weth'));
  const coin = await makePlan(stage, id, weth, 10n ** 16n);
  const free = await makePlan(stage, id, dollar, 0n);
  const listed = await makePlan(stage, id, dollar, 1_000_000n);
  return { id, paid, coin, free, listed };
}

/** @param {Stage} stage @param {Shop} shop @param {string} plan */
async function choose({ page }, { id }, plan) {
  await page.goto(`${new URL(page.url()).origin}/listings/${id}`);
  await see(page.getByTestId('wallet'), 'The wallet was not connected again.');
  const row = page.locator(`[id="plan-${plan}"]`);
  await see(row, `Plan ${plan} is not shown.`);
  await row.getByTestId('buy').click();
}

/** @param {Stage} stage @param {Shop} shop */
export async function payAllWays(stage, shop) {
  const { page, size, wallet } = stage;
  await openAs(stage, BUYER, `/listings/${shop.id}`);
  await choose(stage, shop, shop.paid);
  const [asked, sent] = [wallet.asked.length, wallet.sent];
  await page.getByRole('radio', { name: /by permit/ }).check();
  await pay(stage);
  const wanted = wallet.asked.slice(asked).join();
  if (wanted !== 'eth_signTypedData_v4,eth_sendTransaction' || wallet.sent !== sent + 1) throw new StoryError(`A permit asked for ${wanted}.`);
  passed(`${size}: a permit pays with one signature and one transaction`);

  await choose(stage, shop, shop.coin);
  await page.getByRole('radio', { name: /chain’s coin/ }).check();
  await pay(stage);
  passed(`${size}: the chain’s coin pays what is priced in it wrapped`);

  await choose(stage, shop, shop.paid);
  await page.getByLabel('It is a gift').check();
  await page.getByLabel('Recipient').fill('0x123');
  await see(page.getByText('0x and 40 hexadecimal digits'), 'Half an address was taken.');
  await page.getByLabel('Recipient').fill(account(FRIEND).address);
  await checkAccess(stage, 'the dialog of a gift');
  await pay(stage);
  await page.goto(`${stage.url}/accounts/${account(FRIEND).address}`);
  await see(page.getByTestId('pass').filter({ hasText: `Shop ${size}` }), 'Whom it was given to has no pass.');
  await checkAccess(stage, 'an account');
  passed(`${size}: a gift goes to whom it is for`);

  await choose(stage, shop, shop.free);
  await page.getByTestId('confirm-buy').filter({ hasText: 'Get it' }).and(page.locator(':enabled')).click();
  await see(page.getByTestId('bought'), 'What is free was never had.');
  passed(`${size}: what is free takes one transaction`);
}

/** A plan for a list of accounts: its provider makes the list, and who is on it buys with a proof. @param {Stage} stage @param {Shop} shop */
export async function sellToList(stage, shop) {
  const { page, size } = stage;
  await openAs(stage, PROVIDER, `/listings/${shop.id}/manage`);
  await page.getByTestId('own-plan').nth(3).getByTestId('bounds').click();
  await page.getByLabel('Who', { exact: true }).selectOption('list');
  await page.getByLabel('Accounts').fill(`${account(BUYER).address}\n${account(FRIEND).address}\n${account(7).address}`);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the proofs' }).click();
  const proofs = await readFile(await (await saving).path(), 'utf8');
  await checkAccess(stage, 'the dialog of who may buy');
  await page.getByTestId('set-bounds').and(page.locator(':enabled')).click();
  await see(page.locator('dialog [data-testid="transaction"][data-state="seen"]').filter({ hasText: 'Bound plan' }), 'The list was never set.');
  await openAs(stage, BUYER, `/listings/${shop.id}`);
  await see(page.getByText('only for accounts on a list'), 'Nothing says that a list is asked for.');
  await choose(stage, shop, shop.listed);
  await see(page.getByTestId('refusal'), 'Without a proof nothing is refused.');
  await page.getByLabel('Your proof').fill('{"proofs": []}');
  await see(page.getByText('no proof for your account'), 'A file without a proof was taken.');
  await page.getByLabel('Your proof').fill(proofs);
  await pay(stage);
  passed(`${size}: who is on a list buys with the proof from its provider`);
}

/** The nonce goes to another transaction while this one waits for a block. @param {Stage} stage @param {Shop} shop */
export async function drop(stage, shop) {
  const { page, size, wallet } = stage;
  await openAs(stage, BUYER, `/listings/${shop.id}`);
  await choose(stage, shop, shop.free);
  await wallet.rpc('evm_setAutomine', [false]);
  try {
    await page.getByTestId('confirm-buy').and(page.locator(':enabled')).click();
    await see(page.locator('dialog [data-testid="transaction"][data-state="sent"]'), 'What waits for a block is not called sent.');
    await wallet.replaceLast();
  } finally {
    await wallet.rpc('evm_setAutomine', [true]);
  }
  await wallet.rpc('anvil_mine', ['0x1']);
  await see(page.locator('dialog [data-testid="transaction"][data-state="dropped"]'), 'What another transaction replaced is not called dropped.');
  passed(`${size}: a transaction that was replaced is called dropped`);
}

/** What is read before buying: words, hash, price. @param {Stage} stage @param {Shop} shop */
export async function lookClosely(stage, shop) {
  const { page, size } = stage;
  await openAs(stage, BUYER, `/listings/${shop.id}`);
  await see(page.getByRole('heading', { name: 'What it does', level: 2 }), 'The description is not formatted.');
  await see(page.getByRole('cell', { name: '4 cm' }), 'The table in the description is not drawn.');
  const about = page.getByRole('region', { name: 'About' });
  const rel = await about.getByRole('link', { name: 'More', exact: true }).getAttribute('rel');
  if (!rel?.includes('nofollow') || !rel.includes('noopener')) throw new StoryError(`A stranger's link has rel="${rel}".`);
  if ((await about.locator('img, script').count()) > 0 || (await about.locator('a[href^="javascript"]').count()) > 0) throw new StoryError('A description brought an image, a script or a link of its own.');
  passed(`${size}: a description is formatted, and brings nothing from elsewhere`);

  const version = page.getByTestId('verify-content').first();
  await version.getByTestId('verify').click();
  await see(version.getByText('It is exactly what the chain names.'), 'The right content was not recognised.');
  await page.getByLabel('Check what you downloaded').first().setInputFiles({ name: 'other.bin', mimeType: 'application/octet-stream', buffer: Buffer.from('something else') });
  await see(page.getByText('It is not what the chain names.'), 'A wrong file was not recognised.');
  await see(page.getByText('Use it from code'), 'No sample shows how to use it.');
  await checkAccess(stage, 'a listing with its content checked');
  passed(`${size}: content is verified in the browser, right and wrong`);
}
