import { expect, test } from 'vitest';
import { requestLines } from './request-line-parser.ts';

const parser = requestLines();
function read(...texts: readonly string[]): readonly string[] | string {
  const parsed = parser.parse(texts);
  return parsed.ok
    ? parsed.value.map(({ method, path, weight }) => `${method} ${path} ${weight}`)
    : parsed.problem;
}

test.each([
  [['/items/1'], ['GET /items/1 1']],
  [
    ['post /orders@3', 'HEAD /'],
    ['POST /orders 3', 'HEAD / 1'],
  ],
  [['/a@b@7'], ['GET /a@b 7']],
  [['/u/{{id}}?q={{q}}'], ['GET /u/{{id}}?q={{q}} 1']],
  // As a variable gives them, cut at its blanks.
  [
    ['GET', '/a@2', '/b', 'PUT', '/c'],
    ['GET /a 2', 'GET /b 1', 'PUT /c 1'],
  ],
])('%j is %j', (texts, expected) => {
  expect(read(...texts)).toEqual(expected);
});

test.each([
  [[''], 'is no request'],
  [['items'], 'is no request'],
  [['GET'], 'is no request'],
  [['/a b'], 'is no request'],
  [['/a#b'], 'is no request'],
  [['/\u001b[31m'], 'is no request'],
  [['GOT /'], 'has the method GOT'],
  [['/@0'], 'has a weight of 0'],
  [['/@1001'], 'has a weight of 1001'],
  [['/', 'GET /'], 'gives GET / twice'],
  [[`/${'a'.repeat(8_192)}`], 'has a path of more than 8192 characters'],
  [Array.from({ length: 101 }, (_, at) => `/${at}`), 'are more than 100 requests'],
])('%j is refused', (texts, problem) => {
  expect(read(...texts)).toBe(problem);
});

test('what it prints it reads again', () => {
  const parsed = parser.parse(['/a', 'POST /b@3']);
  if (!parsed.ok) throw new Error(parsed.problem);
  const printed = parser.print(parsed.value);
  expect(printed).toBe('GET /a POST /b@3');
  expect(parser.parse(printed.split(' '))).toEqual(parsed);
});
