import { expect, test } from 'vitest';
import { toCsv } from './csv';

test('cells are quoted where they must be', () => {
  expect(toCsv(['a', 'b'], [['x,y', 'say "hi"'], ['two\nlines', 12n], [null, 3]])).toBe('a,b\r\n"x,y","say ""hi"""\r\n"two\nlines",12\r\n,3\r\n');
});

test.each([
  ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
  ['@sum', "'@sum"],
  ['-1+1', "'-1+1"],
  ['-12.5', '-12.5'],
])('a spreadsheet calculates nothing of %s', (text, written) => {
  expect(toCsv([text], [])).toBe(`${written}\r\n`);
});
