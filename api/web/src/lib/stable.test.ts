import { expect, it } from 'vitest';
import { settle } from './stable';

const item = (id: string, sales = 0) => ({ id, sales });
const ids = (items: { id: string }[]) => items.map(({ id }) => id).join('');

it('shows all at first', () => {
  expect(settle([], [item('b'), item('a')])).toEqual({ visible: [item('b'), item('a')], waiting: 0 });
});

it('refreshes data in place and holds new items back', () => {
  const { visible, waiting } = settle([item('b'), item('a')], [item('d'), item('c'), item('b', 3), item('a')]);
  expect(visible).toEqual([item('b', 3), item('a')]);
  expect(waiting).toBe(2);
});

it('appends a page that was loaded', () => {
  expect(ids(settle([item('d'), item('c')], [item('d'), item('c'), item('b'), item('a')]).visible)).toBe('dcba');
});

it('keeps an item that new ones pushed off the last page', () => {
  const { visible, waiting } = settle([item('b'), item('a')], [item('c'), item('b')]);
  expect(ids(visible)).toBe('ba');
  expect(waiting).toBe(1);
});

it('drops an item that no longer matches', () => {
  const { visible, waiting } = settle([item('c'), item('b'), item('a')], [item('c'), item('a')]);
  expect(ids(visible)).toBe('ca');
  expect(waiting).toBe(0);
});

it('starts over when nothing shown is left', () => {
  expect(ids(settle([item('a')], [item('z'), item('y')]).visible)).toBe('zy');
});
