/**
 * Opens the served app in a real browser, on a phone and on a desktop, in light and in dark, and
 * checks what a visitor relies on. Prints one line per check; ends with 1 at the first that fails.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readArguments, UsageError } from './args.mjs';
import { launch } from './chromium.mjs';

/** @import { Browser, Page, Response } from 'playwright-core' */
/** @import { Options } from './args.mjs' */

/** @typedef {PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node: Node | null }[] }} LayoutShift */

const SCRIPT_BUDGET = 200 * 1024;
const SHIFT_BUDGET = 0.02;
/** When the largest thing of the first view stands, on this machine: what web vitals call good. */
const PAINT_BUDGET_MS = 2500;
const PATIENCE_MS = 30_000;

const SIZES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
};
const THEMES = /** @type {const} */ (['light', 'dark']);

class CheckError extends Error {}

/** @param {string} line */
function passed(line) {
  console.log(`ok    ${line}`);
}

/**
 * Waits for `locator` to be in view of the page; `sentence` says what is wrong when it never is.
 * @param {import('playwright-core').Locator} locator
 * @param {string} sentence
 */
async function see(locator, sentence) {
  try {
    await locator.first().waitFor({ state: 'visible', timeout: PATIENCE_MS });
  } catch {
    throw new CheckError(sentence);
  }
}

/**
 * @param {Page} page
 * @param {string} address
 */
async function open(page, address) {
  try {
    await page.goto(address);
  } catch (error) {
    throw new CheckError(`${address} could not be opened: ${firstLine(error)}`);
  }
}

/** @param {unknown} error */
function firstLine(error) {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}

/** Collects what must never happen while a page is open. */
class Watch {
  /** @type {string[]} */
  troubles = [];
  /** @type {Response[]} */
  scripts = [];

  /** @param {Page} page */
  constructor(page) {
    page.on('console', (message) => {
      if (message.type() === 'error') this.troubles.push(`the console says: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.troubles.push(`an error nobody caught: ${error.message}`));
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? 'unknown reason';
      // A page that is left takes its polls with it.
      if (reason !== 'net::ERR_ABORTED') this.troubles.push(`${request.url()} failed: ${reason}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) this.troubles.push(`${response.url()} answered ${response.status()}`);
      if (response.request().resourceType() === 'script') this.scripts.push(response);
    });
  }
}

/**
 * What a script weighs on the wire; one that was sent plain is weighed as gzip would send it.
 * @param {Response} response
 */
async function weigh(response) {
  const compressed = (await response.headerValue('content-encoding')) !== null;
  const { responseBodySize } = await response.request().sizes();
  return compressed ? responseBodySize : gzipSync(await response.body()).length;
}

/**
 * @param {Page} page
 * @param {string} name
 */
async function checkLayout(page, name) {
  await page.evaluate(() => document.fonts.ready);
  const { wide, room } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    room: document.documentElement.clientWidth,
  }));
  if (wide > room) throw new CheckError(`${name} is ${wide - room} px wider than the screen.`);
  passed(`${name}: nothing sticks out sideways`);

  const shift = await page.evaluate(() => /** @type {{ stoaShift?: number }} */ (window).stoaShift ?? 0);
  if (shift > SHIFT_BUDGET) {
    throw new CheckError(`${name} moved under the reader: layout shift ${shift.toFixed(3)}, at most ${SHIFT_BUDGET} allowed.`);
  }
  passed(`${name}: layout shift ${shift.toFixed(3)}`);
}

/**
 * Runs in the page before its own scripts: notes the largest paint, and adds up layout shift that no input caused. A new purchase
 * that moves the feed's rows down is the feed's purpose, so those movements are left out.
 */
function recordShift() {
  const scope = /** @type {{ stoaShift?: number }} */ (window);
  scope.stoaShift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput, sources } = /** @type {LayoutShift} */ (entry);
      const arrival = sources.some(({ node }) => {
        const element = node instanceof Element ? node : node?.parentElement;
        return element?.closest('[data-testid="purchase-row"]') != null;
      });
      if (!hadRecentInput && !arrival) scope.stoaShift = (scope.stoaShift ?? 0) + value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) /** @type {{ stoaPaint?: number }} */ (window).stoaPaint = startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
}

/** @param {Page} page @param {string} name */
async function checkPaint(page, name) {
  const paint = await page.evaluate(() => /** @type {{ stoaPaint?: number }} */ (window).stoaPaint ?? 0);
  if (paint === 0) throw new CheckError(`${name}: the browser tells of no paint, so it cannot be judged.`);
  if (paint > PAINT_BUDGET_MS) throw new CheckError(`${name} stood after ${Math.round(paint)} ms; at most ${PAINT_BUDGET_MS} ms are allowed.`);
  passed(`${name}: its largest part stood after ${Math.round(paint)} ms`);
}

/**
 * @param {Page} page
 * @param {Options} options
 * @param {string} as size and theme, for messages and file names
 */
async function visit(page, options, as) {
  const { url, listing, purchase, screenshots } = options;
  const watch = new Watch(page);
  /** @param {string} name */
  const shoot = (name) => page.screenshot({ path: join(screenshots, `${name}-${as}.png`) });
  /** @param {string} name */
  const checkQuiet = (name) => {
    const [trouble] = watch.troubles;
    if (trouble !== undefined) throw new CheckError(`${name}: ${trouble}.`);
    passed(`${name}: no console errors, no failed requests`);
  };

  await open(page, url);
  const card = page.locator(`[data-testid="listing-card"][data-listing-id="${listing}"]`);
  await findCard(page, card, listing);
  passed(`gallery ${as}: the card of listing ${listing} is there`);
  await see(page.locator('[data-testid="chain-status"][data-block]'), 'The header never showed an indexed block.');
  passed(`gallery ${as}: the header shows the chain's status`);
  await checkTheme(page, as);
  await checkWeight(watch, as);
  await checkLayout(page, `gallery ${as}`);
  await checkPaint(page, `gallery ${as}`);
  await shoot('gallery');

  await card.getByRole('link').first().click();
  await see(page.getByTestId('listing-title'), `The page of listing ${listing} showed no title.`);
  if (!page.url().endsWith(`/listings/${listing}`)) throw new CheckError(`The card of ${listing} led to ${page.url()}.`);
  await findPurchase(page, purchase, `The page of listing ${listing}`);
  passed(`listing ${as}: opens from its card and shows purchase ${purchase}`);
  await checkLayout(page, `listing ${as}`);
  await shoot('listing');

  // Opened by its address, as from elsewhere; and the pages whose parts come one after the other.
  await open(page, `${url}/listings/${listing}`);
  await findPurchase(page, purchase, `The page of listing ${listing}, opened by its address,`);
  await checkPaint(page, `listing ${as}, by its address`);
  await checkLayout(page, `listing ${as}, by its address`);
  for (const [name, path, mark] of /** @type {const} */ ([
    ['market', '/market?range=day', 'figure canvas'],
    ['compare', `/compare?ids=${listing}`, 'figure canvas'],
    ['staking', '/staking', '[data-testid="staking"]'],
  ])) {
    await open(page, url + path);
    await see(page.locator(mark), `${name} never showed ${mark}.`);
    await checkLayout(page, `${name} ${as}`);
  }

  await open(page, `${url}/activity`);
  await findPurchase(page, purchase, 'The feed');
  passed(`activity ${as}: the feed shows purchase ${purchase}`);
  await checkLayout(page, `activity ${as}`);
  await shoot('activity');
  await checkThemeButton(page, as);
  checkQuiet(as);
}

/**
 * Looks for the card, page after page.
 * @param {Page} page
 * @param {import('playwright-core').Locator} card
 * @param {string} listing
 */
async function findCard(page, card, listing) {
  await see(page.getByTestId('listing-card'), 'The gallery shows no listing at all.');
  await loadUntil(page, card, 'Load more', `The gallery has no card for listing ${listing}.`);
}

/**
 * Looks for the purchase, page after page.
 * @param {Page} page
 * @param {string} purchase
 * @param {string} place where it must be, as the beginning of a sentence
 */
async function findPurchase(page, purchase, place) {
  const row = page.locator(`[data-testid="purchase-row"][data-purchase-id="${purchase}"]`);
  await see(page.getByTestId('purchase-row'), `${place} shows no purchase at all.`);
  await loadUntil(page, row, 'Load older', `${place} does not show purchase ${purchase}.`);
  const transaction = await row.first().getAttribute('data-tx');
  if (!/^0x[0-9a-f]{64}$/.test(transaction ?? '')) {
    throw new CheckError(`The row of purchase ${purchase} has the transaction hash "${transaction}".`);
  }
}

/**
 * @param {Page} page
 * @param {import('playwright-core').Locator} wanted
 * @param {string} label the button that loads the next page
 * @param {string} sentence
 */
async function loadUntil(page, wanted, label, sentence) {
  const button = page.getByRole('button', { name: label });
  while ((await wanted.count()) === 0 && (await button.count()) > 0) {
    const shown = await page.locator('[data-testid="listing-card"], [data-testid="purchase-row"]').count();
    await button.click();
    await page.waitForFunction(
      (before) => document.querySelectorAll('[data-testid="listing-card"], [data-testid="purchase-row"]').length > before,
      shown,
      { timeout: PATIENCE_MS },
    );
  }
  await see(wanted, sentence);
}

/** @param {Page} page */
async function shownTheme(page) {
  const background = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const [red = 0] = (background.match(/\d+/g) ?? []).map(Number);
  return red < 128 ? 'dark' : 'light';
}

/**
 * @param {Page} page
 * @param {string} as
 */
async function checkTheme(page, as) {
  const system = as.endsWith('dark') ? 'dark' : 'light';
  if ((await shownTheme(page)) !== system) throw new CheckError(`gallery ${as} does not follow the system's theme.`);
  passed(`gallery ${as}: follows the system's theme`);
}

/**
 * @param {Page} page
 * @param {string} as
 */
async function checkThemeButton(page, as) {
  const system = await shownTheme(page);
  const button = page.getByRole('button', { name: /^Use (dark|light) colours$/ });
  await button.click();
  await page.reload();
  await see(button, `activity ${as} has no button for the theme.`);
  if ((await shownTheme(page)) === system) throw new CheckError(`activity ${as} forgets the chosen theme on reload.`);
  await button.click();
  if ((await shownTheme(page)) !== system) throw new CheckError(`activity ${as} does not go back to the system's theme.`);
  passed(`activity ${as}: a chosen theme survives a reload`);
}

/**
 * @param {Watch} watch
 * @param {string} as
 */
async function checkWeight(watch, as) {
  const weights = await Promise.all(watch.scripts.map(weigh));
  const total = weights.reduce((sum, bytes) => sum + bytes, 0);
  const kib = `${(total / 1024).toFixed(1)} KiB`;
  if (weights.length === 0) throw new CheckError(`gallery ${as} loaded no script, so its weight cannot be judged.`);
  if (total > SCRIPT_BUDGET) throw new CheckError(`gallery ${as} loads ${kib} of compressed script; at most 200 KiB are allowed.`);
  passed(`gallery ${as}: ${kib} of compressed script on first load`);
}

/**
 * The pages beside the app: they are drawn whole, can be read in a dark system, and answer.
 * @param {Page} page
 * @param {Options} options
 */
async function visitTools(page, { url, screenshots }) {
  const watch = new Watch(page);
  /** @param {string} name */
  const finish = async (name) => {
    await page.screenshot({ path: join(screenshots, `${name}.png`) });
    const [trouble] = watch.troubles;
    if (trouble !== undefined) throw new CheckError(`${name}: ${trouble}.`);
    passed(`${name}: no console errors, no failed requests`);
  };
  await open(page, `${url}/docs`);
  await see(page.locator('.swagger-ui .opblock-summary-path').first(), '/docs never showed a route.');
  if ((await shownTheme(page)) === 'dark') throw new CheckError('/docs is dark, and its letters are too.');
  passed('docs: the routes can be read');
  await finish('docs');

  await open(page, `${url}/graphql`);
  // Its button does nothing before the editor is there.
  await see(page.locator('.graphiql-query-editor .view-line').getByText('listings'), '/graphql never showed its first query.');
  await page.getByRole('button', { name: /execute query/i }).click();
  const answer = page.locator('.graphiql-response .view-line').filter({ hasText: '"hasNextPage"' });
  await see(answer, '/graphql never showed an answer.');
  passed('graphql: a query is answered');
  await finish('graphql');
}

/**
 * @param {Browser} browser
 * @param {Options} options
 */
async function visitAll(browser, options) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const theme of THEMES) {
      const context = await browser.newContext({ viewport, colorScheme: theme, deviceScaleFactor: 2, locale: 'en-GB' });
      context.setDefaultTimeout(PATIENCE_MS);
      await context.addInitScript(recordShift);
      const page = await context.newPage();
      await visit(page, options, `${size}-${theme}`);
      if (size === 'desktop' && theme === 'dark') await visitTools(page, options);
      await context.close();
    }
  }
}

async function main() {
  const options = readArguments(process.argv.slice(2));
  await mkdir(options.screenshots, { recursive: true });
  const browser = await launch();
  try {
    await visitAll(browser, options);
  } finally {
    await browser.close();
  }
}

try {
  await main();
} catch (error) {
  const known = error instanceof CheckError || error instanceof UsageError;
  const message = firstLine(error);
  console.error(known ? `FAIL  ${message}` : `FAIL  The browser test could not go on: ${message}`);
  process.exitCode = 1;
}
