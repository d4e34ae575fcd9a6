import { expect, test } from 'vitest';
import { partBps } from './shares';

test('a part is exact, rounded down, for any amount', () => {
  expect(partBps('250000000000000000000000', '1000000000000000000000000')).toBe(2_500);
  expect(partBps('1', '3')).toBe(3_333);
  expect(partBps('0', '3')).toBe(0);
  expect(partBps('5', '0')).toBe(0);
  expect(partBps('79228162514264337593543950335', '79228162514264337593543950336')).toBe(9_999);
});
