import { expect, it } from 'vitest';
import { readArguments, UsageError } from './args.mjs';

const whole = ['--url', 'http://127.0.0.1:8080/', '--listing', '31337-1', '--purchase', '31337-812-4', '--screenshots', 'out'];

it('reads a whole command line', () => {
  expect(readArguments(whole)).toEqual({
    url: 'http://127.0.0.1:8080',
    listing: '31337-1',
    purchase: '31337-812-4',
    screenshots: 'out',
  });
});

it.each([
  [[], '--url is missing: the address the app is served at, such as http://127.0.0.1:8080. Usage: node'],
  [whole.slice(0, 4), '--purchase is missing: a purchase id, such as 31337-812-4. Usage: node'],
  [[...whole.slice(0, 3), '7', ...whole.slice(4)], '--listing is "7", which is not a listing id, such as 31337-1.'],
  [[...whole, '--headful', 'yes'], 'I do not know "--headful".'],
  [whole.slice(0, 7), '--screenshots needs a value.'],
  [[...whole, '--url', 'http://a'], '--url was given twice.'],
])('says in one sentence what is wrong with %j', (argv, sentence) => {
  expect(() => readArguments(argv)).toThrow(UsageError);
  expect(() => readArguments(argv)).toThrow(sentence);
});
