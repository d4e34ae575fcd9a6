/** What is done by signatures alone: a file is uploaded by whoever signs in, and a purchase sent by the server. */
import { createHash } from 'node:crypto';
import { BUYER, checkAccess, openAs, passed, PROVIDER, see, send, StoryError } from './stage.mjs';

/** @import { Stage } from './stage.mjs' */

/** Uploads in the form to list something, and finds the file there. @param {Stage} stage */
export async function upload(stage) {
  const { page, url, size, wallet } = stage;
  await openAs(stage, PROVIDER, '/sell');
  const buffer = Buffer.from(`weights of ${size}`.repeat(50_000));
  await page.getByLabel('File').setInputFiles({ name: 'weights.bin', mimeType: 'application/octet-stream', buffer });
  const button = page.getByTestId('upload');
  await see(button, 'The file cannot be uploaded.');
  wallet.refuseNext();
  await button.click();
  await see(page.getByText('You declined it in your wallet.'), 'A refusal to sign in was not told.');
  await button.click();
  await see(page.getByTestId('uploaded'), 'The upload never ended.');
  await checkAccess(stage, 'the form with an uploaded file');
  const uri = await page.getByLabel('Where it can be fetched').inputValue();
  const answer = await fetch(`${url}/v1/content/${uri.replace('ipfs://', '')}`);
  const kept = Buffer.from(await answer.arrayBuffer());
  if (!kept.equals(buffer)) throw new StoryError(`At ${uri} the API keeps ${kept.length} bytes, not the ${buffer.length} uploaded.`);
  const hash = createHash('sha256').update(buffer).digest('hex');
  const shown = await page.getByTestId('file-hash').locator('code').getAttribute('title');
  if (shown !== `0x${hash}`) throw new StoryError(`The page says that the file is ${shown}.`);
  passed(`${size}: a provider signs in and uploads the file that is listed`);
}

/** Buys by one signature; who pays for the gas is the server. @param {Stage} stage @param {string} listing */
export async function buyWithoutGas(stage, listing) {
  const { page, size, wallet, contracts } = stage;
  // The demo's dollar takes no signatures: what the Vault may take was allowed some day before.
  await send(stage, BUYER, 'DemoUSD', 'approve', [contracts['Vault'] ?? '0x', 10n ** 9n]);
  await openAs(stage, BUYER, `/listings/${listing}`);
  await page.getByTestId('buy').first().click();
  await page.getByLabel('Without gas').check();
  await checkAccess(stage, 'the purchase dialog without gas');
  const coin = () => wallet.rpc('eth_getBalance', [wallet.address, 'latest']);
  const [before, asked, sent] = [await coin(), wallet.asked.length, wallet.sent];
  wallet.refuseNext();
  await page.getByTestId('confirm-buy').and(page.locator(':enabled')).click();
  await see(page.locator('[data-testid="refusal"][data-declined]'), 'A refusal to sign was not told.');
  await page.getByTestId('confirm-buy').and(page.locator(':enabled')).click();
  await see(page.getByTestId('bought'), 'The purchase was never seen.');
  const wanted = wallet.asked.slice(asked + 1).join();
  if (wanted !== 'eth_signTypedData_v4') throw new StoryError(`A purchase without gas asked the wallet for ${wanted}.`);
  if (wallet.sent !== sent || (await coin()) !== before) throw new StoryError('A purchase without gas was sent by the wallet.');
  passed(`${size}: a buyer signs once, and the server sends`);
}
