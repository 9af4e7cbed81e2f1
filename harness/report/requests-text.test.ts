import { expect, test } from 'vitest';
import { GET_ROOT } from '../plan/request-line-parser.ts';
import { requestsText } from './requests-text.ts';

const named = (name: string, weight = 1) => ({ ...GET_ROOT, name, weight });

test.each([
  [['GET /'], 'GET /'],
  [['GET /a', 'POST /b@3'], 'GET /a 1 of 4, POST /b 3 of 4'],
  [['a', 'b', 'c', 'd', 'e'], 'a 1 of 5, b 1 of 5, c 1 of 5, d 1 of 5, e 1 of 5'],
  [['a', 'b', 'c', 'd', 'e', 'f@5'], 'a 1 of 10, b 1 of 10, c 1 of 10, d 1 of 10, 2 more'],
])('of %j it says %j', (names, expected) => {
  const templates = names.map((text) => {
    const [name = '', weight = '1'] = text.split('@');
    return named(name, Number(weight));
  });
  expect(requestsText({ templates, data: null })).toBe(expected);
});

test('of data it says how much there is, and nothing of what is in it', () => {
  const data = {
    ...{ path: '/srv/users.csv', sha256: '', columns: ['password'] },
    ...{ rows: 2_000, order: 'random' as const },
  };
  expect(requestsText({ templates: [named('GET /{{id}}')], data })).toBe(
    'GET /{{id}}; 2,000 rows of users.csv, random',
  );
});
