import { expect, test } from 'vitest';
import { idsOf, readCompareSearch } from './search';

test('an address names up to four listings, each once; what is none is left out', () => {
  expect(idsOf(readCompareSearch({ ids: '1-2,1-2,x,31337-0,5-6,7-8,9-1,9-2' }))).toEqual(['1-2', '5-6', '7-8', '9-1']);
  expect(readCompareSearch({ ids: 7, range: 'century', token: '0x1' })).toEqual({});
  expect(readCompareSearch({ ids: '1-1', range: 'week' })).toEqual({ ids: '1-1', range: 'week' });
});
