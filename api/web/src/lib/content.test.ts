import { CID } from 'multiformats/cid';
import { expect, test } from 'vitest';
import { matches, nameContent, type Source } from './content';

const never = new AbortController().signal;

function bytes(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, at) => at % 251);
}

function source(size: number, path = ''): Source {
  return { path, open: async () => new Blob([bytes(size)]).stream() };
}

function digestOf(name: string): string {
  return `0x${[...CID.parse(name).multihash.digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

// What the command line's own implementation is held to, too: scripts/content/src/file.rs.
test.each([
  [0, 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'],
  [262_144, 'bafkreibruh455iawsviqslif5c7uurdcfdemh22mtnytyzvnzn75kpejxy'],
  [262_145, 'bafybeiexg2oqkfnj56l7fcmawswqbijt5shq4b5rg6a546uwpkqqzwjioi'],
  [1_000_000, 'bafybeibx62obrkybp46hx3ivh53q4rnptgkunpgtwiib5lfelfgt2ekihm'],
])('%i bytes have the name that IPFS gives them', async (size, name) => {
  let read = 0;
  const names = await nameContent([source(size)], (more) => (read += more), never);
  expect(names.tree).toBe(digestOf(name));
  expect(read).toBe(size);
});

test('a file is known by its plain hash and by its tree, and by nothing else', async () => {
  const names = await nameContent([source(300_000)], () => {}, never);
  const plain = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(300_000)));
  expect(names.plain).toBe(`0x${[...plain].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`);
  expect(matches(names, names.plain?.toUpperCase().replace('0X', '0x') ?? '')).toBe('plain');
  expect(matches(names, names.tree)).toBe('tree');
  expect(matches(names, `0x${'0'.repeat(64)}`)).toBeNull();
});

// As scripts/content/src/node.rs names it, and every implementation.
test('an empty folder has the name that it has everywhere', async () => {
  const names = await nameContent([{ path: '', open: null }], () => {}, never);
  expect(names).toEqual({ plain: null, tree: digestOf('bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354') });
});

test('a folder changes its name with any of its files', async () => {
  const one = await nameContent([source(10, 'a/b.txt'), source(20, 'c.txt')], () => {}, never);
  const other = await nameContent([source(10, 'a/b.txt'), source(21, 'c.txt')], () => {}, never);
  expect(one.plain).toBeNull();
  expect(one.tree).not.toBe(other.tree);
});

test('stops when it is told to, and says what a source says', async () => {
  await expect(nameContent([source(10)], () => {}, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  const broken: Source = { path: '', open: () => Promise.reject(new Error('no such file')) };
  await expect(nameContent([broken], () => {}, never)).rejects.toThrow('no such file');
});
