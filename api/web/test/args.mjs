/**
 * @typedef {object} Options
 * @property {string} url where the app is served, without a trailing slash
 * @property {string} listing a listing's public id
 * @property {string} purchase a purchase's public id
 * @property {string} screenshots the folder that gets the pictures
 */

const USAGE =
  'Usage: node test/browser.mjs --url http://127.0.0.1:8080 --listing 31337-1 --purchase 31337-812-4 --screenshots DIR';

/** A command line that cannot be understood; its message is all the user needs. */
export class UsageError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(`${message} ${USAGE}`);
  }
}

/** @type {Record<string, { pattern: RegExp; says: string }>} */
const EXPECTED = {
  url: { pattern: /^https?:\/\/[^/]+\/?$/, says: 'the address the app is served at, such as http://127.0.0.1:8080' },
  listing: { pattern: /^\d+-\d+$/, says: 'a listing id, such as 31337-1' },
  purchase: { pattern: /^\d+-\d+-\d+$/, says: 'a purchase id, such as 31337-812-4' },
  screenshots: { pattern: /./, says: 'a folder for the pictures' },
};

/**
 * @param {string[]} argv the arguments after the program's name
 * @returns {Options}
 */
export function readArguments(argv) {
  /** @type {Map<string, string>} */
  const given = new Map();
  for (let at = 0; at < argv.length; at += 2) {
    const flag = argv[at] ?? '';
    const value = argv[at + 1];
    const name = flag.replace(/^--/, '');
    if (!flag.startsWith('--') || !Object.hasOwn(EXPECTED, name)) throw new UsageError(`I do not know "${flag}".`);
    if (given.has(name)) throw new UsageError(`${flag} was given twice.`);
    if (value === undefined || value.startsWith('--')) throw new UsageError(`${flag} needs a value.`);
    given.set(name, value);
  }
  /** @param {string} name */
  const take = (name) => {
    const { pattern, says } = /** @type {{ pattern: RegExp; says: string }} */ (EXPECTED[name]);
    const value = given.get(name);
    if (value === undefined) throw new UsageError(`--${name} is missing: ${says}.`);
    if (!pattern.test(value)) throw new UsageError(`--${name} is "${value}", which is not ${says}.`);
    return value;
  };
  return {
    url: take('url').replace(/\/$/, ''),
    listing: take('listing'),
    purchase: take('purchase'),
    screenshots: take('screenshots'),
  };
}
