import { expect, test } from 'vitest';
import { drawLineage, flowed } from './lineage';

const self = { id: '1-3', name: 'Child' };
const parent = { id: '1-2', name: 'Parent', depth: 1, links: [{ id: '1-3', bps: 500 }] };
const grandparent = { id: '1-1', name: null, depth: 2, links: [{ id: '1-2', bps: 250 }] };
const heir = { id: '1-4', name: 'Heir', depth: 1, links: [{ id: '1-3', bps: 300 }] };

test('ancestors stand left, descendants right, lines lead from parent to child', () => {
  const { nodes, lines, hidden } = drawLineage(self, [parent, grandparent], [heir]);
  const byX = nodes.toSorted((a, b) => a.x - b.x).map(({ id }) => id);
  expect(byX).toEqual(['1-1', '1-2', '1-3', '1-4']);
  expect(lines.map(({ from, to, bps }) => [from, to, bps])).toEqual([
    ['1-2', '1-3', 500],
    ['1-1', '1-2', 250],
    ['1-3', '1-4', 300],
  ]);
  expect(hidden).toBe(0);
});

test('a column has room for six; the rest is counted', () => {
  const many = Array.from({ length: 9 }, (_, at) => ({ ...heir, id: `1-${10 + at}` }));
  const { nodes, lines, hidden } = drawLineage(self, [], many);
  expect(nodes).toHaveLength(7);
  expect(lines).toHaveLength(6);
  expect(hidden).toBe(3);
});

test('money is summed by token and parent', () => {
  const usd = { address: '0xa' };
  const eth = { address: '0xb' };
  const settlements = [
    { token: usd, royalties: [{ parent: '1-2', amount: '5' }, { parent: '1-9', amount: '7' }] },
    { token: usd, royalties: [{ parent: '1-2', amount: '6' }] },
    { token: eth, royalties: [{ parent: '1-2', amount: '0' }] },
  ];
  expect(flowed(settlements, '1-2')).toEqual([{ token: usd, amount: 11n }]);
});
