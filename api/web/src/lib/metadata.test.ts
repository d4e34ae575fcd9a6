import { expect, test } from 'vitest';
import { checkMetadata, checkUri, inlineUri, metadataDocument, NO_METADATA } from './metadata';

const draft = { ...NO_METADATA, name: 'Tidal 7B', tags: 'tides, sea, sea', task: 'time-series-forecasting' };

test('a good draft has no errors and becomes a document without empty fields', () => {
  expect(checkMetadata(draft)).toEqual({});
  expect(JSON.parse(metadataDocument(draft))).toEqual({ name: 'Tidal 7B', tags: ['tides', 'sea'], task: 'time-series-forecasting' });
});

test('each wrong field is named', () => {
  const wrong = { ...draft, name: ' ', task: 'No Spaces', licence: 'x'.repeat(129), tags: 'x'.repeat(65) };
  expect(Object.keys(checkMetadata(wrong)).toSorted()).toEqual(['licence', 'name', 'tags', 'task']);
});

test('a short document fits an address, also beyond ASCII; a long one does not', () => {
  const uri = inlineUri(metadataDocument({ ...draft, name: 'Gezeiten – 潮汐' }));
  const bytes = Uint8Array.from(atob(uri?.split(',')[1] ?? ''), (character) => character.charCodeAt(0));
  expect(JSON.parse(new TextDecoder().decode(bytes)).name).toBe('Gezeiten – 潮汐');
  expect(inlineUri(metadataDocument({ ...draft, description: 'x'.repeat(400) }))).toBeNull();
});

test('addresses have a scheme that can be fetched', () => {
  expect(checkUri('https://example.org/a')).toBeNull();
  expect(checkUri('ipfs://bafy')).toBeNull();
  expect(checkUri('javascript:alert(1)')).not.toBeNull();
  expect(checkUri(`https://${'x'.repeat(512)}`)).not.toBeNull();
});
