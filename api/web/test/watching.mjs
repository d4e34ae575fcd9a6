/** What analysts and visitors do: compare, take figures along; and what the page says while nothing answers. */
import { readFile } from 'node:fs/promises';
import { account } from './wallet.mjs';
import { BUYER, checkAccess, open, openAs, passed, see, StoryError, takeFree } from './stage.mjs';

/** @import { Stage } from './stage.mjs' */
/** @import { Shop } from './paying.mjs' */

/** @param {Stage} stage @param {() => Promise<unknown>} begin @param {RegExp} holds what the file must say */
async function download({ page }, begin, holds) {
  const saving = page.waitForEvent('download');
  await begin();
  const file = await saving;
  const text = await readFile(await file.path(), 'utf8');
  if (!holds.test(text)) throw new StoryError(`${file.suggestedFilename()} does not hold ${holds}: ${text.slice(0, 300)}`);
}

/** @param {Stage} stage @param {Shop} shop @param {string} id another listing */
export async function compare(stage, shop, id) {
  const { page, size } = stage;
  await open(stage, `/compare?ids=${id}`);
  await page.getByLabel('Add a listing').fill(`Shop ${size}`);
  await page.getByTestId('add-listing').filter({ hasText: shop.id }).click();
  await page.waitForURL((url) => decodeURIComponent(url.search).includes(`${id},${shop.id}`));
  await see(page.getByTestId('compared').getByText(`Shop ${size}`), 'A listing that was added is not compared.');
  await see(page.locator('figure canvas'), 'No chart was drawn.');
  await checkAccess(stage, 'the comparison');
  await download(stage, () => page.getByRole('button', { name: 'CSV', exact: true }).click(), new RegExp(`Shop ${size}`));
  await download(stage, () => page.getByRole('button', { name: /^Save “.*as CSV/ }).first().click(), /^from_utc,dUSD\r\n/);
  passed(`${size}: an analyst compares, by an address that says what, and takes the figures along`);
}

/** @param {Stage} stage */
export async function takeAlong(stage) {
  const { page, size } = stage;
  await open(stage, `/accounts/${account(BUYER).address}`);
  await download(stage, () => page.getByTestId('export-purchases').click(), /Shop/);
  await download(stage, () => page.getByTestId('export-history').click(), /^time_utc,.*\r\n20/s);
  await download(stage, () => page.getByTestId('export-passes').click(), /licence,true/);
  await open(stage, '/nowhere');
  await see(page.getByText('There is no page here'), 'A page that is not there does not say so.');
  await checkAccess(stage, 'a page that is not there');
  await open(stage, `/listings/${stage.chain}-999999`);
  await see(page.getByText(/^No listing/), 'A listing that is not there does not say so.');
  await checkAccess(stage, 'a listing that is not there');
  passed(`${size}: history, purchases and passes are taken along`);
}

/** @param {Stage} stage @param {Shop} shop */
export async function loseTouch(stage, shop) {
  const { page, size, contracts } = stage;
  const status = (/** @type {string} */ attribute) => page.locator(`[data-testid="chain-status"][${attribute}]`);
  await openAs(stage, BUYER, '/activity');
  // Rows wait while somebody points at them.
  await page.mouse.move(1, 1);
  await see(status('data-live="live"'), 'The page is never told of changes.');
  const rows = page.getByTestId('purchase-row');
  await see(rows, 'No activity is shown.');
  const newest = await rows.first().getAttribute('data-purchase-id');
  await page.context().setOffline(true);
  await see(status('data-state="offline"'), 'The page does not say that it is offline.');
  await checkAccess(stage, 'the page while offline');
  await takeFree(stage, BUYER, shop.free, contracts['DemoUSD'] ?? '0x');
  await page.context().setOffline(false);
  await see(status('data-state="live"'), 'The page stays offline.');
  await page.waitForFunction((was) => document.querySelector('[data-testid="purchase-row"]')?.getAttribute('data-purchase-id') !== was, newest);
  passed(`${size}: offline is told, and what was missed comes`);

  // The stream alone is refused: the page asks in turns, and is told again once it may.
  await page.route('**/v1/stream*', (route) => route.abort());
  await page.reload();
  await see(status('data-live="down"'), 'A lost stream is not noticed.');
  const before = await rows.first().getAttribute('data-purchase-id');
  await takeFree(stage, BUYER, shop.free, contracts['DemoUSD'] ?? '0x');
  await page.waitForFunction((was) => document.querySelector('[data-testid="purchase-row"]')?.getAttribute('data-purchase-id') !== was, before);
  await page.unroute('**/v1/stream*');
  await see(status('data-live="live"'), 'The stream is not taken up again.');
  passed(`${size}: without the stream the page asks in turns, and takes the stream up again`);
}
