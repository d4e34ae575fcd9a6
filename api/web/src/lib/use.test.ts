import { expect, test } from 'vitest';
import type { Version } from '../api/types';
import { licenceUrl, quoted, sampleFor } from './use';

const version = (uris: string[]) => ({ version: 1, uris, content_hash: `0x${'ab'.repeat(32)}` }) as Version;

test('a licence leads to its text', () => {
  expect(licenceUrl('Apache-2.0')).toBe('https://spdx.org/licenses/Apache-2.0.html');
  expect(licenceUrl('https://a.example/licence')).toBe('https://a.example/licence');
  for (const none of ['javascript:alert(1)', 'see the readme', '', 'ipfs://x']) expect(licenceUrl(none)).toBeNull();
});

test('no address gets out of its quotes', () => {
  expect(quoted("a'; rm -rf ~; '")).toBe(String.raw`'a'\''; rm -rf ~; '\'''`);
  const { code } = sampleFor({ id: '1-2', kind: 'model' }, version(["https://a.example/'$(x)'"]), 'https://stoa.example', '0x1');
  expect(code).toContain(String.raw`'https://a.example/'\''$(x)'\'''`);
});

test('files are fetched, from here where the server may keep them; anything else is asked', () => {
  const file = sampleFor({ id: '1-2', kind: 'dataset' }, version(['ipfs://bafyx/a.bin']), 'https://stoa.example', '0x1');
  expect(file.code).toContain("'https://stoa.example/ipfs/bafyx/a.bin'");
  expect(sampleFor({ id: '1-2', kind: 'service' }, version(['https://a.example']), 'https://stoa.example', '0x1').code).toContain("listing: '1-2'");
  expect(sampleFor({ id: '1-2', kind: 'model' }, undefined, 'https://stoa.example', '0x1').title).toBe('Use it from code');
});
