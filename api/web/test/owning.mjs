/** What owners do: settle, claim, lock longer, divide revenue into shares and sell some; and what others may not. */
import { BUYER, checkAccess, openAs, pay, passed, PROVIDER, see, send, StoryError } from './stage.mjs';

/** @import { Stage } from './stage.mjs' */
/** @import { Shop } from './paying.mjs' */

/** @param {Stage} stage @param {Shop} shop */
export async function settle(stage, shop) {
  const { page, size } = stage;
  await openAs(stage, BUYER, `/listings/${shop.id}/manage`);
  await see(page.getByTestId('not-yours'), 'A stranger is not told that the listing is not theirs.');
  if ((await page.getByTestId('new-plan').count()) > 0) throw new StoryError('A stranger is shown a form for plans.');
  await checkAccess(stage, 'the page to manage another’s listing');
  await openAs(stage, PROVIDER, `/listings/${shop.id}/manage`);
  const dollars = page.getByTestId('settle').first();
  await see(dollars, 'What was earned cannot be settled.');
  const before = await page.getByTestId('settle').count();
  await dollars.click();
  await page.waitForFunction((was) => document.querySelectorAll('[data-testid="settle"]').length < was, before, { timeout: 30_000 });
  passed(`${size}: a provider settles, a stranger is shown no forms`);
}

/** @param {Stage} stage */
export async function earnByStake(stage) {
  const { page, size, contracts } = stage;
  await send(stage, PROVIDER, 'Staking', 'distribute', [contracts['StoaToken']]);
  await openAs(stage, BUYER, '/portfolio');
  await page.getByTestId('claim-stake').click();
  await page.getByTestId('claim-stake').waitFor({ state: 'detached' });
  await see(page.getByText('STOA claimed'), 'The portfolio does not show what was claimed.');
  passed(`${size}: a staker claims fees`);

  await page.getByTestId('extend').click();
  await page.getByLabel('Weeks').fill(size === 'desktop' ? '40' : '50');
  await checkAccess(stage, 'the dialog to extend a lock');
  await page.getByTestId('confirm-lock').and(page.locator(':enabled')).click();
  await see(page.getByRole('button', { name: 'Done' }), 'The extension was never seen.');
  await page.getByRole('button', { name: 'Done' }).click();
  passed(`${size}: a staker extends the lock`);
}

/** @param {Stage} stage @param {string} id of a listing that is sold for one token */
export async function divide(stage, id) {
  const { page, size } = stage;
  await openAs(stage, PROVIDER, `/listings/${id}/manage`);
  await page.getByTestId('divide').click();
  await page.getByLabel('Name of the shares').fill(`Shares ${size}`);
  await page.getByLabel('Symbol').fill('TIDE');
  await checkAccess(stage, 'the dialog to make shares');
  await page.getByTestId('create-shares').and(page.locator(':enabled')).click();
  await page.getByTestId('divided-done').click();
  await see(page.getByTestId('divided'), 'The shares are not shown.');
  passed(`${size}: an owner divides revenue into shares`);

  await openAs(stage, BUYER, `/listings/${id}`);
  await see(page.getByTestId('shares'), 'The listing does not show its shares.');
  await page.getByTestId('buy').click();
  await pay(stage);
  await openAs(stage, PROVIDER, '/portfolio');
  const holding = page.getByTestId('own-holding').filter({ hasText: `Shares ${size}` }).first();
  await holding.getByTestId('claim-shares').click();
  await see(holding.getByText('claimed'), 'The portfolio does not show what was claimed.');
  passed(`${size}: a shareholder claims`);

  await holding.getByTestId('offer').click();
  await page.getByLabel('Shares in a lot').fill('5');
  await page.getByLabel('Price of a lot').fill('2');
  await page.getByLabel('Paid in').selectOption({ label: 'dUSD' });
  await page.getByTestId('offer-shares').and(page.locator(':enabled')).click();
  await see(page.locator('dialog [data-testid="transaction"][data-state="seen"]').filter({ hasText: 'Offer 50' }), 'The offer was never seen.');
  await openAs(stage, BUYER, `/listings/${id}`);
  await page.getByTestId('buy-shares').click();
  await pay(stage);
  await page.getByTestId('bought').click();
  await openAs(stage, BUYER, '/portfolio');
  await see(page.getByTestId('own-holding').filter({ hasText: `Shares ${size}` }), 'Who bought shares holds none.');
  await openAs(stage, PROVIDER, `/listings/${id}`);
  await page.getByTestId('end-offer').click();
  await see(page.getByTestId('shares'), 'The shares are gone.');
  await page.getByTestId('share-sale').waitFor({ state: 'detached' });
  passed(`${size}: shares are offered, bought, and the offer ended`);
}
