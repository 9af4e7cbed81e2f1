import { expect, test } from 'vitest';
import { cellHref, parseRoute } from './route.ts';

test('the address of a cell leads to that cell', () => {
  expect(parseRoute(cellHref('c0007'))).toEqual({ view: 'cell', id: 'c0007' });
});

test.each(['', '#', '#ranking', '#cell=', '#cell=%3Cb%3E', `#cell=${'c'.repeat(41)}`])(
  'the address %j is the overview',
  (hash) => {
    expect(parseRoute(hash)).toEqual({ view: 'overview' });
  },
);
