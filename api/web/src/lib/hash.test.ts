import { expect, test } from 'vitest';
import { hashFile } from './hash';

test('hashes a file of many pieces as sha-256, and says how far it is', async () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
  const parts: number[] = [];
  const hash = await hashFile(new Blob([bytes]), (part) => parts.push(part));
  const expected = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  expect(hash).toBe(`0x${[...expected].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`);
  expect(parts.at(-1)).toBe(1);
  expect(parts).toEqual(parts.toSorted((a, b) => a - b));
});

test('stops when it is told to', async () => {
  await expect(hashFile(new Blob(['x']), () => {}, AbortSignal.abort())).rejects.toThrow();
});
