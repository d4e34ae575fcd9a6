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

it('asks for the newest first', () => {
  expect(toFilter({})).toEqual({ sort: 'newest' });
  expect(toFilter({ kind: 'model', sort: 'oldest' })).toEqual({ kind: 'model', sort: 'oldest' });
});
