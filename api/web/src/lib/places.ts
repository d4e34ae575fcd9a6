import type { Source } from './content';

/** Where a version's content may be had from this page, which may fetch from its own server only. */
export interface Place {
  /** What its owner wrote, or the name that follows from the hash. */
  uri: string;
  /** What is fetched; `null` for what lies in the address itself. */
  path: string | null;
}

/** The server keeps published content under its IPFS name, and names content by the hash on the chain, too. */
export function placesOf(uris: readonly string[], hash: string, origin: string): Place[] {
  const digest = hash.slice(2).toLowerCase();
  const own = uris.flatMap((uri): Place[] => {
    if (/^data:/i.test(uri)) return [{ uri, path: null }];
    const named = /^ipfs:\/\/(?:ipfs\/)?([^?#]+)/i.exec(uri)?.[1];
    if (named !== undefined) return [{ uri, path: `/ipfs/${named.split('/').map(encodeURIComponent).join('/')}` }];
    const web = URL.canParse(uri) ? new URL(uri) : null;
    return web !== null && web.origin === origin ? [{ uri, path: web.pathname + web.search }] : [];
  });
  // Version 1, raw bytes or a tree, sha-256 of 32 bytes, in hexadecimal.
  const byHash = ['55', '70'].map((codec) => `f01${codec}1220${digest}`).map((name) => ({ uri: `ipfs://${name}`, path: `/ipfs/${name}` }));
  return [...own, ...byHash];
}

/** Nothing is there, or it cannot be reached: another place may have it. */
export class AbsentError extends Error {
  override readonly name = 'AbsentError';
}

export interface Found {
  sources: Source[];
  /** In bytes, as the server says; `null` where it does not. */
  size: number | null;
}

/** No folder of a listing is larger; a server that says otherwise is not followed. */
const MOST_ENTRIES = 10_000;

interface Entry {
  name: string;
  cid: string;
  size: number;
}

/** What is at a place: a file, or all files of a folder. Only a file by itself is already being read. */
export async function lookUp({ uri, path }: Place, signal: AbortSignal): Promise<Found> {
  if (path === null) {
    const bytes = dataBytes(uri);
    return { sources: [{ path: '', open: async () => new Blob([bytes]).stream() }], size: bytes.length };
  }
  const response = await ask(path, signal);
  if (response.headers.get('content-type') === 'application/json') {
    const sources: Source[] = [];
    const size = await walk((await response.json()) as { entries: Entry[] }, '', sources, signal);
    return { sources, size };
  }
  const { body } = response;
  const length = response.headers.get('content-length');
  // Compressed on its way, a body is longer than its length says.
  const size = length === null || response.headers.has('content-encoding') ? null : Number(length);
  return { sources: [{ path: '', open: async () => body ?? new Blob([]).stream() }], size };
}

async function ask(path: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(path, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new AbsentError('the server does not answer', { cause: error });
  });
  if (!response.ok) throw new AbsentError(`the server answers ${response.status}`);
  return response;
}

/** Adds the files under a folder, depth first, and answers what they weigh. */
async function walk({ entries }: { entries: Entry[] }, above: string, sources: Source[], signal: AbortSignal): Promise<number> {
  if (entries.length === 0) sources.push({ path: above, open: null });
  let size = 0;
  for (const { name, cid, size: bytes } of entries) {
    if (sources.length >= MOST_ENTRIES) throw new AbsentError(`it has more than ${MOST_ENTRIES} files`);
    const path = above === '' ? name : `${above}/${name}`;
    // A name of bytes alone is a file's; any other may be a folder's.
    const inner = isTree(cid) ? await folderOf(cid, signal) : null;
    if (inner === null) {
      sources.push({ path, open: async () => (await ask(`/ipfs/${cid}`, signal)).body ?? new Blob([]).stream() });
      size += bytes;
    } else {
      size += await walk(inner, path, sources, signal);
    }
  }
  return size;
}

function isTree(cid: string): boolean {
  return !cid.startsWith('bafk');
}

/** A folder's entries; `null` for a file, which is not read here. */
async function folderOf(cid: string, signal: AbortSignal): Promise<{ entries: Entry[] } | null> {
  const response = await ask(`/ipfs/${cid}`, signal);
  if (response.headers.get('content-type') === 'application/json') return (await response.json()) as { entries: Entry[] };
  await response.body?.cancel();
  return null;
}

function dataBytes(uri: string): Uint8Array<ArrayBuffer> {
  const [, head = '', data = ''] = /^data:([^,]*),(.*)$/is.exec(uri) ?? [];
  try {
    const text = decodeURIComponent(data);
    if (!/;base64$/i.test(head)) return new TextEncoder().encode(text);
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch (error) {
    throw new AbsentError('its address cannot be read', { cause: error });
  }
}
