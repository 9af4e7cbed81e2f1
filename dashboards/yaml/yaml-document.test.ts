import { expect, test } from 'vitest';
import { COMMENT_KEY, parseYaml, yamlText } from './yaml-document.ts';

test('what is written is read back, behind its comment', () => {
  const value = { groups: [{ name: 'a', interval: '1s', on: true, of: [1, null] }] };
  const text = yamlText(value, ['Generated.', '', 'Do not edit.']);
  expect(text.split('\n').slice(0, 4)).toEqual(['# Generated.', '#', '# Do not edit.', 'groups:']);
  expect(parseYaml(text)).toEqual(value);
});

test('a text of several lines stays as it is, however long they are', () => {
  const long = 'word '.repeat(60).trim();
  expect(yamlText({ expr: `a\n  / b\n${long}` }, ['x'])).toBe(
    `# x\nexpr: |-\n  a\n    / b\n  ${long}\n`,
  );
});

test('a long line is folded, and is one line again when it is read', () => {
  const long = `"quoted": {{ braces }} ${'word '.repeat(60).trim()}`;
  const text = yamlText({ long }, ['x']);
  expect(text.split('\n')[1]).toBe('long: >-');
  expect(text.split('\n').every((line) => line.length <= 100)).toBe(true);
  expect(parseYaml(text)).toEqual({ long });
});

test('a comment stands before the map that it belongs to', () => {
  const text = yamlText([{ [COMMENT_KEY]: 'Why.', a: 1 }, { b: 2 }], ['x']);
  expect(text).toBe('# x\n# Why.\n- a: 1\n- b: 2\n');
});

test('equal parts are written out, each', () => {
  const labels = { severity: 'page' };
  expect(yamlText([labels, labels], ['x'])).not.toMatch(/[&*]/);
});

test.each(['a: [1', 'a: 1\na: 2', '--- a\n--- b', 'a: !unheard 1'])('%j is refused', (text) => {
  expect(() => parseYaml(text)).toThrow();
});
