import type { Option } from '../plan/option-table.ts';
import { OUTPUT_OPTIONS, PLACE_OPTIONS } from '../plan/run-options.ts';
import { choice, type ValueParser } from '../plan/value-parser.ts';

export const REPORT_FORMATS = ['terminal', 'markdown', 'csv', 'json', 'junit', 'html'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** In the place of a file; html, too, which goes into one otherwise. */
export const STDOUT = '-';

const file: ValueParser<string | null> = {
  placeholder: 'file',
  expected: 'the path of a file',
  parse(texts) {
    const text = texts.at(-1) ?? '';
    if (text.trim() === '') return { ok: false, problem: 'is empty' };
    if (text.includes('\0')) return { ok: false, problem: 'has a character no path can have' };
    return { ok: true, value: text };
  },
  print: (value) => value ?? 'none',
};

const format: Option<ReportFormat> = {
  flag: 'format',
  env: null,
  parser: choice(REPORT_FORMATS, 'name'),
  defaultValue: 'terminal',
  description: `what to make of the run: ${REPORT_FORMATS.join(', ')}`,
  repeatable: false,
};

const out: Option<string | null> = {
  flag: 'out',
  env: null,
  parser: file,
  defaultValue: null,
  description:
    "write it to this file, whole or not at all; -: stdout; without: stdout too, html to the run's report.html",
  repeatable: false,
};

/** No variables: those of trials must not change what is made of a run that is over. */
export const REPORT_OPTIONS = {
  format,
  out,
  directory: {
    ...PLACE_OPTIONS.directory,
    description:
      "parent of the lab's own directory, where a clone keeps the page that it built for html",
  },
  json: {
    ...OUTPUT_OPTIONS.json,
    env: null,
    description: 'the same as --format json; errors are JSON too',
  },
} as const;
