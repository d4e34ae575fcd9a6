/** Pictures of every page, in both sizes and themes, for people to look at: `node test/shots.mjs URL RPC DIR [account]`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch } from './chromium.mjs';
import { TestWallet } from './wallet.mjs';

const [url = 'http://127.0.0.1:8080', rpc = 'http://127.0.0.1:8545', folder = 'shots', index = '9', only = ''] = process.argv.slice(2);
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
const { data: listings } = /** @type {{ data: { id: string; owner: string }[] }} */ (await (await fetch(`${url}/v1/listings?sort=buyers&limit=3`)).json());
const ids = listings.map(({ id }) => id);
const [{ id: listing, owner } = { id: '', owner: '' }] = listings;
const PAGES = { gallery: '/', listing: `/listings/${listing}`, activity: '/activity', staking: '/staking', market: '/market?range=day', portfolio: '/portfolio', sell: '/sell', developers: '/developers', manage: `/listings/${listing}/manage`, compare: `/compare?ids=${ids.slice(0, 3).join(',')}`, account: `/accounts/${owner}`, missing: '/nowhere' };

await mkdir(folder, { recursive: true });
const browser = await launch();
const page = await (await browser.newContext({ deviceScaleFactor: 1, locale: 'en-GB' })).newPage();
page.on('console', (message) => message.type() === 'error' && console.log('console:', message.text()));
page.on('pageerror', (error) => console.log('error:', error.message));
const wallet = new TestWallet(page, rpc, 31_337, Number(index));
await wallet.install();
await page.goto(url);
await page.getByTestId('connect').click();
await page.getByTestId('wallet-option').click();
await page.getByTestId('wallet').waitFor();
for (const [size, viewport] of Object.entries(SIZES)) {
  await page.setViewportSize(viewport);
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme: theme });
    for (const [name, path] of Object.entries(PAGES)) {
      if (only !== '' && !only.split(',').includes(name)) continue;
      await page.goto(url + path);
      await page.getByTestId('wallet').waitFor();
      await page.waitForTimeout(1200);
      await page.screenshot({ path: join(folder, `${name}-${size}-${theme}.png`), fullPage: name !== 'gallery' && name !== 'activity' });
    }
    if (only === '' || only.includes('buy')) {
      await page.goto(`${url}/listings/${listing}`);
      await page.getByTestId('buy').first().click();
      await page.waitForTimeout(1500);
      await page.screenshot({ path: join(folder, `buy-${size}-${theme}.png`) });
    }
  }
}
await browser.close();
