import { expect, it } from 'vitest';
import { freshness } from './chain';

const head = { number: 812 };
const chain = { head, lag_blocks: 0, lag_seconds: 1 };

it.each([
  ['connecting', { online: true, failures: 0, chain: undefined }],
  ['live', { online: true, failures: 0, chain }],
  ['live', { online: true, failures: 1, chain }],
  ['live', { online: false, failures: 0, chain }],
  ['behind', { online: true, failures: 0, chain: { head, lag_blocks: 4 } }],
  ['silent', { online: true, failures: 0, chain: { head, lag_blocks: 0, lag_seconds: 31 } }],
  ['no-head', { online: true, failures: 0, chain: { head: null, lag_blocks: null } }],
  ['unreachable', { online: true, failures: 2, chain }],
  ['unreachable', { online: true, failures: 1, chain: undefined }],
  ['offline', { online: false, failures: 2, chain }],
] as const)('%s', (expected, input) => {
  expect(freshness(input)).toBe(expected);
});
