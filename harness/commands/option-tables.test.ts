import { expect, test } from 'vitest';
import { ENV_PREFIX, type OptionTable } from '../plan/option-table.ts';
import { RUN_OPTIONS } from '../plan/run-options.ts';
import { SWEEP_OPTIONS } from '../plan/sweep/sweep-options.ts';
import { WAYS_OPTIONS } from '../plan/ways/ways-options.ts';
import { BUDGET_OPTIONS } from './budget-options.ts';
import { COMPARE_OPTIONS } from './compare.ts';
import { CONFIG_OPTIONS } from './config.ts';
import { COST_OPTIONS } from './cost-options.ts';
import { INIT_OPTIONS } from './init.ts';
import { INSPECT_OPTIONS } from './inspect-options.ts';
import { REPORT_OPTIONS } from './report-options.ts';
import { SELFTEST_OPTIONS } from './selftest-options.ts';

const TABLES: readonly (readonly [string, OptionTable])[] = [
  ['run', RUN_OPTIONS],
  ['sweep', SWEEP_OPTIONS],
  ['config', CONFIG_OPTIONS],
  ['init', INIT_OPTIONS],
  ['budget', BUDGET_OPTIONS],
  ['report', REPORT_OPTIONS],
  ['compare', COMPARE_OPTIONS],
  ['selftest', SELFTEST_OPTIONS],
  ['inspect', INSPECT_OPTIONS],
  ['cost', COST_OPTIONS],
  ['pgbouncer', WAYS_OPTIONS],
];

test.each(TABLES)(
  '%s: an option’s key is its flag in camel case, and its variable its flag',
  (_, table) => {
    for (const [name, { flag, env }] of Object.entries(table)) {
      expect(name).toBe(flag.replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase()));
      if (env !== null) expect(env).toBe(ENV_PREFIX + flag.toUpperCase().replaceAll('-', '_'));
    }
  },
);

test.each(TABLES)('%s: every default, as help prints it, is read back as itself', (_, table) => {
  for (const { flag, parser, defaultValue } of Object.values(table)) {
    const text = parser.print(defaultValue);
    // Nothing given is what `none` and `preset` stand for in lists and choices.
    if (text === 'none' && flag !== 'preset' && flag !== 'hpa-max') continue;
    expect(parser.parse([text]), `--${flag} ${text}`).toEqual({ ok: true, value: defaultValue });
  }
});
