import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generate, OUTPUT } from '../generate/contracts.mjs';

test('the interfaces of the contracts are current; `npm run abi` writes them anew', async () => {
  expect(await readFile(OUTPUT, 'utf8')).toBe(await generate());
});
