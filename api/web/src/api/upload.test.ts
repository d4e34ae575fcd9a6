import { expect, test } from 'vitest';
import { contentDigest } from './upload';

test('a digest is written as the standard writes it', () => {
  expect(contentDigest('0xb94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9')).toBe('sha-256=:uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=:');
});
