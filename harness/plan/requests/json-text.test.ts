import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readYaml } from '../sweep/yaml-document.ts';
import { jsonText } from './json-text.ts';

function jsonOf(yaml: string): string {
  const document = readYaml(yaml);
  if (!document.ok || document.root === null) throw new Error('no YAML');
  const read = jsonText(document.root);
  return read.ok ? read.text : `${read.problem.value} ${read.problem.problem}`;
}

test.each([
  '- 1\n- -2\n- +3\n- 007\n- 0x1F\n- 0o17\n- 1.50\n- -.5\n- 2.\n- 1e3\n- 1_000',
  '- true\n- False\n- TRUE\n- yes\n- no\n- on',
  '- null\n- ~\n- Null\n-\n- nil',
  '- "1"\n- \'true\'\n- "null"\n- ""\n- "~"',
  '- 2001-01-01\n- 1:30\n- 0b1\n- 1.2.3\n- -\n- .\n- e5\n- "a\\u0000b"',
  'a: { b: [1, { c: x }], "d e": "q\\"uote" }\n1: one',
  'text: |\n  one\n  two\nfolded: >-\n  one\n  two',
  '[]',
  '{}',
  'just a text',
])('%j is what YAML 1.2 says it is', (yaml) => {
  expect(JSON.parse(jsonOf(yaml))).toEqual(parse(yaml, { version: '1.2', schema: 'core' }));
});

test('whole numbers keep digits that no floating-point number has', () => {
  expect(jsonOf('[12345678901234567890, 0xffffffffffffffffff]')).toBe(
    '[12345678901234567890,4722366482869645213695]',
  );
});

test.each([
  ['[.inf]', '.inf is a number that JSON does not have'],
  ['[1e999]', '1e999 is a number that JSON does not have'],
  ['{ a: 1, a: 2 }', 'a is given twice'],
  ['{ a: {{id}} }', '{{id}} is a map as YAML reads it, since it begins with a brace'],
  ['{ [a]: 1 }', 'a list is no name in a JSON object'],
  ['[&a 1, *a]', '*a is an alias of something else'],
  ['[!!str 1]', '1 has a tag, "tag:yaml.org,2002:str"'],
  [`${'['.repeat(40)}${']'.repeat(40)}`, 'a value is nested deeper than 32 levels'],
])('%j is refused', (yaml, expected) => {
  expect(jsonOf(yaml)).toBe(expected);
});
