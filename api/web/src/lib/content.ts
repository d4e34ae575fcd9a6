import { sha256 } from '@noble/hashes/sha2.js';
import { type ImporterOptions, importer } from 'ipfs-unixfs-importer';
import { fixedSize } from 'ipfs-unixfs-importer/chunker';
import { balanced } from 'ipfs-unixfs-importer/layout';

/** A file that is read piece by piece, or a folder with nothing in it. */
export interface Source {
  /** Where it lies in its folder, with slashes between; empty for a file by itself. */
  path: string;
  open: (() => Promise<ReadableStream<Uint8Array>>) | null;
}

/** What content may be called on the chain. */
export interface Names {
  /** sha-256 of the bytes; a folder has none. */
  plain: `0x${string}` | null;
  /** The digest of its name in IPFS: of the root of its tree of chunks. */
  tree: `0x${string}`;
}

/** As `ipfs add --cid-version=1 --raw-leaves` names content, and `stoa publish` with it. */
const OPTIONS = {
  cidVersion: 1,
  rawLeaves: true,
  reduceSingleLeafToSelf: true,
  shardSplitThresholdBytes: Infinity,
  wrapWithDirectory: false,
  chunker: fixedSize({ chunkSize: 262_144 }),
  layout: balanced({ maxChildrenPerNode: 174 }),
  fileImportConcurrency: 1,
} satisfies ImporterOptions;

/** Blocks are wanted for their names alone. */
const NOWHERE = { put: async (name: unknown) => name as never };

function hex(bytes: Uint8Array): `0x${string}` {
  return `0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * Names content while it is read, so that it needs no more memory the larger it is. `read` is told how many bytes came.
 * Throws what a source throws, and the signal's reason once it is aborted.
 */
export async function nameContent(sources: readonly Source[], read: (bytes: number) => void, signal: AbortSignal): Promise<Names> {
  const alone = sources.length === 1 && sources[0]?.path === '' && sources[0].open !== null;
  const hash = sha256.create();
  const pieces = async function* (open: NonNullable<Source['open']>) {
    const reader = (await open()).getReader();
    try {
      for (;;) {
        signal.throwIfAborted();
        const { done, value } = await reader.read();
        if (done) return;
        if (alone) hash.update(value);
        read(value.length);
        yield value;
      }
    } finally {
      // A download that nobody reads any more would go on by itself.
      await reader.cancel().catch(() => {});
    }
  };
  const candidates = sources.map(({ path, open }) => {
    const place = alone ? 'content' : path === '' ? 'root' : `root/${path}`;
    return open === null ? { path: place } : { path: place, content: pieces(open) };
  });
  let tree: `0x${string}` | null = null;
  // The root is told last.
  for await (const { cid } of importer(candidates, NOWHERE, OPTIONS)) tree = hex(cid.multihash.digest);
  if (tree === null) throw new Error('there is nothing in it');
  return { plain: alone ? hex(hash.digest()) : null, tree };
}

/** Which of its names the chain's hash is; `null` for none. */
export function matches(names: Names, hash: string): 'plain' | 'tree' | null {
  const wanted = hash.toLowerCase();
  if (names.plain === wanted) return 'plain';
  return names.tree === wanted ? 'tree' : null;
}
