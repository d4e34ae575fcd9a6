import { sha256 } from '@noble/hashes/sha2.js';

/** Hashes a file piece by piece, so that one of many gigabytes needs no more memory than a small one. */
export async function hashFile(file: Blob, progress: (part: number) => void, signal?: AbortSignal): Promise<`0x${string}`> {
  const hash = sha256.create();
  const reader = file.stream().getReader();
  let read = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = await reader.read();
    if (done) break;
    hash.update(value);
    read += value.length;
    progress(file.size === 0 ? 1 : read / file.size);
  }
  const digest = hash.digest();
  return `0x${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
