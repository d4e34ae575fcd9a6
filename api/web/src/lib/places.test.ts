import { afterEach, expect, test, vi } from 'vitest';
import { AbsentError, lookUp, placesOf } from './places';

const HASH = `0x${'ab'.repeat(32)}`;
const never = new AbortController().signal;

afterEach(() => vi.unstubAllGlobals());

test('what its owner names comes first, then the names that follow from the hash', () => {
  const uris = ['ipfs://bafybeiabc/a b/c.bin', 'https://stoa.example/v/file?x=1', 'https://elsewhere.example/file'];
  expect(placesOf(uris, HASH, 'https://stoa.example').map(({ path }) => path)).toEqual([
    '/ipfs/bafybeiabc/a%20b/c.bin',
    '/v/file?x=1',
    `/ipfs/f01551220${'ab'.repeat(32)}`,
    `/ipfs/f01701220${'ab'.repeat(32)}`,
  ]);
});

test.each([
  ['data:text/plain,hello%20there', 'hello there'],
  ['data:text/plain;base64,aGVsbG8=', 'hello'],
])('%s holds its content', async (uri, text) => {
  const { sources, size } = await lookUp({ uri, path: null }, never);
  expect(await new Response(await sources[0]?.open?.()).text()).toBe(text);
  expect(size).toBe(text.length);
});

test('a folder is read to its leaves, an empty one included', async () => {
  const folders: Record<string, object> = {
    '/ipfs/root': { entries: [{ name: 'a', cid: 'bafyfolder', size: 9 }, { name: 'b.bin', cid: 'bafkb', size: 5 }] },
    '/ipfs/bafyfolder': { entries: [{ name: 'none', cid: 'bafynone', size: 4 }, { name: 'big', cid: 'bafybig', size: 7 }] },
    '/ipfs/bafynone': { entries: [] },
  };
  vi.stubGlobal('fetch', async (path: string) => {
    const folder = folders[path];
    return folder === undefined ? new Response('bytes', { headers: { 'content-type': 'application/octet-stream' } }) : Response.json(folder);
  });
  const { sources, size } = await lookUp({ uri: 'ipfs://root', path: '/ipfs/root' }, never);
  expect(sources.map(({ path, open }) => [path, open === null])).toEqual([
    ['a/none', true],
    ['a/big', false],
    ['b.bin', false],
  ]);
  expect(size).toBe(12);
});

test('what is not there says so', async () => {
  vi.stubGlobal('fetch', async () => new Response(null, { status: 404 }));
  await expect(lookUp({ uri: 'ipfs://x', path: '/ipfs/x' }, never)).rejects.toThrow(AbsentError);
  await expect(lookUp({ uri: 'data:;base64,%%%', path: null }, never)).rejects.toThrow(AbsentError);
});
