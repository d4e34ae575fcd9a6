import { describe, expect, it } from 'vitest';
import { watchOf, watchText } from './watch';

describe('what is watched', () => {
  it('sends amounts as text, numbers as numbers, and nothing that is empty', () => {
    expect(watchOf('price', { plan: '31337-1', above: ' 100 ', below: '', listing: '31337-2' })).toEqual({ kind: 'price', plan: '31337-1', above: '100' });
    expect(watchOf('grade', { listing: '31337-1', term: 'long', above: '500' })).toEqual({ kind: 'grade', listing: '31337-1', term: 'long', above: 500 });
    expect(watchOf('key_expiry', { days: '14' })).toEqual({ kind: 'key_expiry', days: 14 });
    expect(watchOf('key_expiry', { days: 'soon' })).toEqual({ kind: 'key_expiry', days: 'soon' });
  });

  it('is told in one line', () => {
    expect(watchText({ kind: 'price', plan: '31337-1', above: '100' })).toBe('The price of a plan · plan 31337-1 · above 100');
  });
});
