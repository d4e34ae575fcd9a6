import { describe, expect, it } from 'vitest';
import { formatAmount, formatBps, formatDecimal, shortHex, tokenLabel } from './amount';

describe('formatAmount', () => {
  it('keeps every digit of the largest uint256', () => {
    const max = (2n ** 256n - 1n).toString();
    const { exact, text, cut } = formatAmount(max, 18);
    expect(exact.replaceAll(',', '').replace('.', '')).toBe(max);
    expect(text).toBe(exact);
    expect(cut).toBe(false);
  });

  it('is exact where a double is not', () => {
    expect(formatAmount('9007199254740993', 0).text).toBe('9,007,199,254,740,993');
    expect(formatAmount('100000000000000000001', 18).text).toBe('100.000000000000000001');
  });

  it('drops trailing zeros and groups thousands', () => {
    expect(formatAmount('1234500000', 6).text).toBe('1,234.5');
    expect(formatAmount('1000000', 6).text).toBe('1');
    expect(formatAmount('0', 18).text).toBe('0');
    expect(formatAmount('1', 6).text).toBe('0.000001');
  });

  it('cuts, never rounds up, and says so', () => {
    expect(formatAmount('1999999', 6, 2)).toEqual({ text: '1.99', exact: '1.999999', cut: true });
    expect(formatAmount('1990000', 6, 2)).toEqual({ text: '1.99', exact: '1.99', cut: false });
    expect(formatAmount('1000009', 6, 2)).toEqual({ text: '1', exact: '1.000009', cut: true });
  });

  it('does not count leading zeros of a small amount as digits', () => {
    expect(formatAmount('1234567', 18, 3).text).toBe('0.00000000000123');
  });

  it('refuses what is not an amount', () => {
    expect(() => formatAmount('1.5', 6)).toThrow('"1.5" is not an amount');
    expect(() => formatAmount('', 6)).toThrow('is not an amount');
    expect(() => formatAmount('1', -1)).toThrow("-1 is not a token's number of decimals");
  });
});

describe('labels', () => {
  it('falls back from symbol to short address', () => {
    const address = '0x5FbDB2315678afecb367f032d93F642f64180aa3';
    expect(tokenLabel({ address, symbol: 'USDC', decimals: 6 })).toBe('USDC');
    expect(tokenLabel({ address, symbol: '  ', decimals: 6 })).toBe('0x5FbD…0aa3');
    expect(tokenLabel({ address, symbol: null })).toBe('0x5FbD…0aa3');
  });

  it('writes basis points as percent', () => {
    expect(formatBps(250)).toBe('2.5 %');
    expect(formatBps(10_000)).toBe('100 %');
    expect(formatBps(1)).toBe('0.01 %');
  });

  it('leaves short hex alone', () => {
    expect(shortHex('0x1234')).toBe('0x1234');
  });
});

it.each([
  ['1250000.5', 6, '1.2500005'],
  ['0.000000000000000001', 18, '0.000000000000000000000000000000000001'],
  ['12', 0, '12'],
])('%s base units of %i decimals are %s', (text, decimals, shown) => {
  expect(formatDecimal(text, decimals)).toBe(shown);
});

it('says that it cut a decimal number', () => {
  expect(formatDecimal('1234567.891', 6, 2)).toBe('1.23…');
});
