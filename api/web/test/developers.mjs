/**
 * The story of a developer: signs in with the wallet, makes a key, rotates and revokes it; makes a webhook, which is
 * pinged, told of blocks, paused and given another secret; is told of a key that expires.
 */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { BUYER, checkAccess, openAs, passed, PATIENCE_MS, see, StoryError } from './stage.mjs';

/** @import { IncomingHttpHeaders } from 'node:http' */
/** @import { Page } from 'playwright-core' */
/** @import { Stage } from './stage.mjs' */

/** @typedef {{ headers: IncomingHttpHeaders; body: string }} Came */

/** @param {boolean} condition @param {string} sentence what is wrong where it does not hold */
function must(condition, sentence) {
  if (!condition) throw new StoryError(sentence);
}

/** Somebody's server, which takes whatever comes. */
class Receiver {
  /** @type {Came[]} */
  came = [];
  #server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      this.came.push({ headers: request.headers, body });
      response.end();
    });
  });

  /** @returns {Promise<string>} its address */
  listen() {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/hook`);
      });
    });
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** The next message of a type that is not looked at yet. @param {string} type @returns {Promise<Came | null>} */
  async next(type) {
    const until = Date.now() + PATIENCE_MS;
    while (Date.now() < until) {
      const at = this.came.findIndex(({ body }) => JSON.parse(body).type === type);
      const [found] = at < 0 ? [] : this.came.splice(at, 1);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return null;
  }
}

/** How many of a message's signatures are those of this secret. @param {Came} came @param {string} secret */
function signedBy({ headers, body }, secret) {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const own = `v1,${createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64')).update(signed).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').filter((one) => one === own).length;
}

/** What is shown this once. @param {Page} page */
async function kept(page) {
  const shown = page.getByTestId('secret');
  await shown.waitFor();
  const secret = (await shown.textContent()) ?? '';
  await page.getByTestId('secret-kept').click();
  return secret;
}

/** For people to look at, where they ask for it. @param {Stage} stage @param {string} name */
async function shot({ page, size }, name) {
  const folder = process.env['STOA_SHOTS'];
  if (!folder) return;
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: join(folder, `${name}-${size}-${theme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: size === 'phone' ? 'dark' : 'light' });
}

/** @param {Stage} stage @param {string} key */
async function opens({ url }, key) {
  return (await fetch(`${url}/v1/listings?limit=1`, { headers: { authorization: `Bearer ${key}` } })).status;
}

/** @param {Stage} stage */
async function signIn(stage) {
  const { page, size, wallet } = stage;
  await openAs(stage, BUYER, '/developers');
  await see(page.getByTestId('sign-in').and(page.locator(':enabled')), 'Nobody is asked to sign in.');
  await shot(stage, 'sign-in');
  wallet.refuseNext();
  await page.getByTestId('sign-in').click();
  await see(page.getByText('You declined in your wallet.'), 'A refusal to sign in was not told.');
  await checkAccess(stage, 'the page to sign in');
  await page.getByTestId('sign-in').click();
  await see(page.getByTestId('session'), 'The wallet was never signed in.');
  await page.reload();
  await see(page.getByTestId('session'), 'The session was lost on reload.');
  passed(`${size}: a developer signs in with the wallet`);
}

/** @param {Stage} stage */
async function keys(stage) {
  const { page, size } = stage;
  await page.getByTestId('new-key').click();
  await page.getByLabel('Name', { exact: true }).fill(`nightly ${size}`);
  await page.getByLabel('Export').check();
  await page.getByLabel('Expires').selectOption('30');
  await checkAccess(stage, 'the dialog of a new key');
  await shot(stage, 'new-key');
  await page.getByTestId('create-key').click();
  const old = await kept(page);
  must(/^stoa_live_[0-9A-Za-z]{50}$/.test(old), `The key reads ${old.slice(0, 14)}…`);
  must((await opens(stage, old)) === 200, 'The new key opens nothing.');
  const row = page.locator(`[data-key="${old.slice(10, 22)}"]`);
  await row.getByTestId('rotate-key').click();
  await page.getByTestId('sure').click();
  const fresh = await kept(page);
  must(fresh !== old && (await opens(stage, fresh)) === 200, 'The key of the rotation opens nothing.');
  must((await opens(stage, old)) === 200, 'The old key has no overlap.');
  await see(row.getByText('replaced', { exact: true }), 'The old key is not called replaced.');
  await row.getByTestId('revoke-key').click();
  await page.getByTestId('sure').click();
  await see(page.locator(`[data-key="${old.slice(10, 22)}"][data-state="revoked"]`), 'The revoked key is not called so.');
  must((await opens(stage, old)) === 401, 'The revoked key still opens something.');
  must((await opens(stage, fresh)) === 200, 'The new key ended with the old one.');
  await see(page.getByText('Requests by day'), 'There is no chart of the usage.');
  passed(`${size}: a key is made, rotated with an overlap, and the old one revoked`);
}

/** @param {Stage} stage @param {Receiver} receiver */
async function webhook(stage, receiver) {
  const { page, size, wallet } = stage;
  await page.getByTestId('new-webhook').click();
  await page.getByLabel('Name', { exact: true }).fill(`shop ${size}`);
  await page.getByLabel('Address', { exact: true }).fill(await receiver.listen());
  await page.getByLabel('Blocks').check();
  await checkAccess(stage, 'the dialog of a new webhook');
  await shot(stage, 'new-webhook');
  await page.getByTestId('create-webhook').click();
  const secret = await kept(page);
  const row = page.getByTestId('webhook').filter({ hasText: `shop ${size}` });
  await row.getByTestId('ping').click();
  await see(row.getByText(/^Ping taken: 200 after \d+ ms\.$/), 'Nothing says how the ping went.');
  const ping = await receiver.next('ping');
  must(ping !== null && signedBy(ping, secret) === 1, 'The ping was not signed with the secret that was shown.');
  await wallet.rpc('anvil_mine', ['0x1']);
  const block = await receiver.next('block');
  must(block !== null && signedBy(block, secret) === 1, 'A block was not told.');
  await row.getByTestId('show-deliveries').click();
  await see(row.locator('[data-testid="delivery"][data-type="block"][data-state="delivered"]'), 'The log does not show the block.');
  await row.locator('[data-testid="delivery"] summary').first().click();
  await checkAccess(stage, 'the page of keys and webhooks');
  await shot(stage, 'developers');
  await row.getByTestId('toggle').click();
  await see(page.locator('[data-testid="webhook"][data-state="paused"]').filter({ hasText: `shop ${size}` }), 'It was not paused.');
  receiver.came.length = 0;
  await wallet.rpc('anvil_mine', ['0x1']);
  await row.getByTestId('rotate-secret').click();
  await page.getByTestId('sure').click();
  const second = await kept(page);
  await row.getByTestId('toggle').click();
  const later = await receiver.next('block');
  must(later !== null && signedBy(later, secret) === 1 && signedBy(later, second) === 1, 'During a rotation both secrets sign.');
  passed(`${size}: a webhook is pinged, told of blocks, paused, resumed, and its secret rotated`);
}

/** @param {Stage} stage @param {Receiver} receiver */
async function alert(stage, receiver) {
  const { page, size } = stage;
  await page.getByTestId('new-alert').click();
  await page.getByLabel('Name', { exact: true }).fill(`keys ${size}`);
  await page.getByLabel('Told to').selectOption({ label: `shop ${size}` });
  await page.getByLabel('What is watched').selectOption('key_expiry');
  await page.getByLabel('Days before').fill('60');
  await checkAccess(stage, 'the dialog of a new alert');
  await shot(stage, 'new-alert');
  await page.getByTestId('create-alert').click();
  const told = await receiver.next('alert.key_expiry');
  must(told !== null && JSON.parse(told.body).data.found.name === `nightly ${size}`, 'Nobody was told of the key that expires.');
  await see(page.getByTestId('alert').filter({ hasText: `keys ${size}` }).getByText(/^told/), 'The alert does not say that it was told.');
  await page.getByTestId('webhook').filter({ hasText: `shop ${size}` }).getByTestId('remove-webhook').click();
  await page.getByTestId('sure').click();
  await see(page.getByText('Make a webhook first: alerts are sent to one.'), 'The alert outlived its webhook.');
  await page.getByTestId('sign-out').click();
  await see(page.getByTestId('sign-in'), 'The session was not ended.');
  passed(`${size}: a developer is told of a key that expires, cleans up and signs out`);
}

/** @param {Stage} stage */
export async function developers(stage) {
  const receiver = new Receiver();
  try {
    await signIn(stage);
    await keys(stage);
    await webhook(stage, receiver);
    await alert(stage, receiver);
  } finally {
    receiver.close();
  }
}
