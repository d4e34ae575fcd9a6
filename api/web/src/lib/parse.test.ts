import { expect, test } from 'vitest';
import { isAddress, parseAmount, parseBps, splitId } from './parse';

test('reads amounts exactly', () => {
  expect(parseAmount('12.5', 6)).toBe(12_500_000n);
  expect(parseAmount('1,000', 18)).toBe(10n ** 21n);
  expect(parseAmount('.1', 1)).toBe(1n);
  expect(parseAmount('0.10', 1)).toBe(1n);
  expect(parseAmount('123456789012345678901234567890', 0)).toBe(123456789012345678901234567890n);
});

test('refuses what is no amount of the token', () => {
  for (const text of ['', '-1', '1e3', '1.2.3', 'x', '.', '0.0000001']) expect(parseAmount(text, 6)).toBeNull();
});

test('reads percent into basis points, within bounds', () => {
  expect(parseBps('2.5')).toBe(250);
  expect(parseBps('25 %'.replace(' ', ''), 2500)).toBe(2500);
  expect(parseBps('25.01', 2500)).toBeNull();
});

test('tells addresses and ids apart', () => {
  expect(isAddress(`0x${'a'.repeat(40)}`)).toBe(true);
  expect(isAddress('0x12')).toBe(false);
  expect(splitId('31337-4')).toEqual({ chain: 31337, number: 4n });
});
