import { expect, test } from 'vitest';
import { columnsIn, isColumnName, placeholderParts } from './request-placeholders.ts';

test('a text is cut at its placeholders, and put together again without them', () => {
  expect(placeholderParts('/items/{{id}}?q={{ q-1.x }}')).toEqual([
    { kind: 'text', text: '/items/' },
    { kind: 'column', column: 'id' },
    { kind: 'text', text: '?q=' },
    { kind: 'column', column: 'q-1.x' },
  ]);
  expect(placeholderParts('')).toEqual([]);
});

test.each(['{id}', '{{1d}}', '{{a b}}', '{{}}', '{ {id}}', '{{id} }'])('%s is none', (text) => {
  expect(columnsIn(text)).toEqual([]);
});

test('each column is told once', () => {
  expect(columnsIn('{{a}}{{b}}', '{{a}}{{{c}}}')).toEqual(['a', 'b', 'c']);
});

test.each([
  ['id', true],
  ['_x', true],
  ['user id', false],
  ['', false],
  ['a}}{{b', false],
])('a column %j can stand in braces: %s', (name, expected) => {
  expect(isColumnName(name)).toBe(expected);
});
