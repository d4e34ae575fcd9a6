import { expect, it } from 'vitest';
import { showUri } from './uri';

it('links web addresses', () => {
  expect(showUri('https://files.example/a.bin').href).toBe('https://files.example/a.bin');
});

it.each(['javascript:alert(1)', ' javascript:alert(1)', 'JAVASCRIPT:alert(1)', 'ipfs://bafy', 'https://', 'vbscript:x'])(
  'never links %s',
  (uri) => {
    expect(showUri(uri).href).toBeNull();
  },
);

it('names inline data instead of printing it', () => {
  expect(showUri('data:application/json;base64,eyJ9')).toEqual({
    text: 'inline application/json, 33 characters',
    href: null,
  });
});
