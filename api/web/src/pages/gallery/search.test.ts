import { expect, it } from 'vitest';
import { readGallerySearch, toFilter } from './search';

it('reads a filter from the address', () => {
  expect(readGallerySearch({ kind: 'agent', status: 'retired', sort: 'oldest' })).toEqual({
    kind: 'agent',
    status: 'retired',
    sort: 'oldest',
  });
});

it('leaves out defaults and what it does not know', () => {
  expect(readGallerySearch({ kind: 'toaster', status: 7, sort: 'newest', other: 'x' })).toEqual({});
});

it('reads words, and orders by how well they fit', () => {
  expect(readGallerySearch({ q: '  harbour\u0000 forecast ', tag: 7, sort: 'newest' })).toEqual({
    q: 'harbour forecast',
    tag: '7',
    sort: 'newest',
  });
  expect(readGallerySearch({ q: ' ', tag: {}, sort: 'price' })).toEqual({});
  expect(toFilter({ q: 'harbour' })).toEqual({ q: 'harbour', sort: 'relevance' });
  expect(toFilter({ q: 'harbour', sort: 'trending' })).toEqual({ q: 'harbour', sort: 'trending' });
});

it('asks for the newest first', () => {
  expect(toFilter({})).toEqual({ sort: 'newest' });
  expect(toFilter({ kind: 'model', sort: 'oldest' })).toEqual({ kind: 'model', sort: 'oldest' });
});
