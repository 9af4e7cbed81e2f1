import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { REPORT_DATA_PLACEHOLDER } from '../../harness/report/html/report-data.ts';
import { buildReportShell } from './build.ts';

/** Of a megabyte that 200 cells may have. */
const SHELL_BYTES_MAX = 150_000;

let shell = '';

beforeAll(async () => {
  shell = await buildReportShell();
});

test('the shell has one place for the data', () => {
  expect(shell.split(REPORT_DATA_PLACEHOLDER)).toHaveLength(2);
});

test('the shell leaves most of its megabyte to the data', () => {
  expect(Buffer.byteLength(shell)).toBeLessThan(SHELL_BYTES_MAX);
});

test.each([
  { directive: 'script-src', element: 'script' },
  { directive: 'style-src', element: 'style' },
])(
  'the policy allows the $element that stands in the page and no other',
  ({ directive, element }) => {
    const own = new RegExp(`<${element}>(?<text>[^]*?)</${element}>`).exec(shell)?.groups?.['text'];
    const hash = createHash('sha256')
      .update(own ?? '')
      .digest('base64');
    expect(policy()).toContain(`${directive} 'sha256-${hash}'`);
  },
);

test('the policy allows nothing else, and no markup made of strings', () => {
  const others = policy().filter((one) => !/^(?:script|style)-src /.test(one));
  expect(others).toEqual([
    "default-src 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "form-action 'none'",
  ]);
});

function policy(): readonly string[] {
  const content = /Content-Security-Policy" content="(?<policy>[^"]*)"/.exec(shell);
  return (content?.groups?.['policy'] ?? '').split('; ');
}
