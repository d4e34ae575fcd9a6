import { describe, expect, it } from 'vitest';
import { appendOlder, type Feed, isSettled, mergeNewest, reaches } from './feed';
import type { Finality, Purchase } from './types';

const FINALIZED = 2;

/** A purchase in block `block`; `fork` marks the branch of the chain it lies on. */
function purchase(block: number, fork = 'a'): Purchase {
  const finality: Finality = block <= FINALIZED ? 'finalized' : 'latest';
  return { id: `31337-${block}-0`, tx_hash: `0x${block}`, block_time: `${block}${fork}`, finality } as Purchase;
}

function feed(numbers: number[], next: string | null = null, fork = 'a'): Feed {
  return { items: numbers.map((block) => purchase(block, fork)), next };
}

function blocks(of: Feed): string[] {
  return of.items.map((item) => item.id.split('-')[1] ?? '');
}

describe('mergeNewest', () => {
  it('puts new purchases in front and keeps older pages with their cursor', () => {
    const merged = mergeNewest(feed([8, 7, 6, 5, 4, 3], 'after-3'), feed([10, 9, 8, 7], 'after-7'));
    expect(blocks(merged)).toEqual(['10', '9', '8', '7', '6', '5', '4', '3']);
    expect(merged.next).toBe('after-3');
  });

  it('drops purchases that a reorg removed', () => {
    const merged = mergeNewest(feed([8, 7, 6, 5], 'after-5'), feed([8, 6], 'after-6'));
    expect(blocks(merged)).toEqual(['8', '6', '5']);
  });

  it('replaces a purchase that moved to another block with the same number', () => {
    const page: Feed = { items: [purchase(8, 'b'), purchase(7)], next: 'after-7' };
    const merged = mergeNewest(feed([8, 7, 6]), page);
    expect(merged.items.map((item) => item.block_time)).toEqual(['8b', '7a', '6a']);
  });

  it('forgets older pages when their blocks may be gone too', () => {
    const merged = mergeNewest(feed([8, 7, 6, 5], 'after-5'), feed([8, 7], 'after-7', 'b'));
    expect(blocks(merged)).toEqual(['8', '7']);
    expect(merged.next).toBe('after-7');
  });

  it('never joins two stretches with a gap between them', () => {
    expect(blocks(mergeNewest(feed([3, 2, 1]), feed([9, 8], 'after-8')))).toEqual(['9', '8']);
  });

  it('takes the page when nothing is known, or when the chain starts over', () => {
    expect(blocks(mergeNewest(undefined, feed([2, 1])))).toEqual(['2', '1']);
    expect(blocks(mergeNewest(feed([2, 1]), feed([])))).toEqual([]);
  });
});

describe('reaches', () => {
  it('tells a gap from an overlap', () => {
    expect(reaches(feed([3, 2]), feed([5, 4, 3], 'after-3'))).toBe(true);
    expect(reaches(feed([3, 2]), feed([9, 8], 'after-8'))).toBe(false);
    expect(reaches(feed([3, 2]), feed([3, 2], 'after-2', 'b'))).toBe(false);
    expect(reaches(undefined, feed([9, 8], 'after-8'))).toBe(true);
    expect(reaches(feed([3]), feed([9, 8], null))).toBe(true);
  });
});

describe('isSettled', () => {
  it('asks for a deeper page while known entries below this one are not final', () => {
    expect(isSettled(feed([6, 5, 4, 3, 2, 1]), feed([7, 6, 5], 'after-5'))).toBe(false);
    expect(isSettled(feed([6, 5, 4, 3, 2, 1]), feed([7, 6, 5, 4, 3], 'after-3'))).toBe(true);
  });

  it('is content when nothing lies below', () => {
    expect(isSettled(undefined, feed([7, 6], 'after-6'))).toBe(true);
    expect(isSettled(feed([6, 5]), feed([7, 6], 'after-6'))).toBe(true);
    expect(isSettled(feed([6, 5, 4]), feed([7, 6], null))).toBe(true);
  });
});

describe('appendOlder', () => {
  it('adds the page and its cursor', () => {
    const longer = appendOlder(feed([5, 4], 'after-4'), 'after-4', feed([3, 2], 'after-2'));
    expect(blocks(longer)).toEqual(['5', '4', '3', '2']);
    expect(longer.next).toBe('after-2');
  });

  it('ignores a page whose cursor is no longer the end of the list', () => {
    const known = feed([9, 8], 'after-8');
    expect(appendOlder(known, 'after-4', feed([3]))).toBe(known);
  });
});
