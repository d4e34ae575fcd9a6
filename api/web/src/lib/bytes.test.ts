import { expect, test } from 'vitest';
import { formatBytes } from './bytes';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.00 KiB'],
  [15_800, '15.4 KiB'],
  [1_048_575, '1024 KiB'],
  [1_048_576, '1.00 MiB'],
  [2 ** 50, '1024 TiB'],
])('%i is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
