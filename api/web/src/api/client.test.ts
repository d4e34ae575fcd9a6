import { expect, it } from 'vitest';
import { toProblem, withQuery } from './client';

it('leaves out filters that are not set and encodes the rest', () => {
  expect(withQuery('/v1/listings', { kind: 'model', status: undefined, owner: null, cursor: 'a+/=' })).toBe(
    '/v1/listings?kind=model&cursor=a%2B%2F%3D',
  );
  expect(withQuery('/v1/listings', {})).toBe('/v1/listings');
});

it("keeps the API's own words", () => {
  const problem = toProblem(400, { title: 'Bad Request', detail: 'limit is 101; the most is 100.' });
  expect(problem).toMatchObject({ status: 400, title: 'Bad Request', message: 'limit is 101; the most is 100.' });
});

it.each([null, 'oops', {}, { detail: 7, title: '' }])('makes a sentence of %j', (body) => {
  expect(toProblem(502, body)).toMatchObject({ title: 'Error 502', message: 'The API answered with status 502.' });
});
