import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command } from '../../commands/command.ts';
import { EXIT_CODE } from '../../exit-code.ts';
import type { RawFlags } from '../../plan/option-table.ts';
import { parseSweepPlan } from '../../plan/sweep/parse-sweep-plan.ts';
import { SWEEP_OPTIONS } from '../../plan/sweep/sweep-options.ts';
import { runProgram } from '../../program.ts';
import { recordingIo } from '../../test/recording-io.ts';
import { sweepCommandLine } from './sweep-command-line.ts';

const planOf = (flags: RawFlags, text: string | null = null) =>
  parseSweepPlan({
    flags,
    env: {},
    file: text === null ? null : { name: 'pool-lab.yaml', text },
  }).plan;

/** The words that a real shell makes of a command. */
function shellWords(line: string): readonly string[] {
  const printed = execFileSync(
    'sh',
    ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`],
    {
      encoding: 'utf8',
    },
  );
  return printed.split('\0').slice(0, -1);
}

/** The words of a command without a real shell, which would take ten milliseconds each. */
function unquoted(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|\\'|[^\s'\\])+/g)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|\\(')/g,
      (_all, quoted?: string, mark?: string) => quoted ?? mark ?? '',
    ),
  );
}

/** The plan that the command line understands these words as. */
async function planOfWords(words: readonly string[]) {
  let flags: RawFlags = {};
  const command: Command = {
    name: 'sweep',
    summary: 'keeps its flags',
    options: SWEEP_OPTIONS,
    examples: [],
    run: async (given) => {
      flags = given;
      return EXIT_CODE.ok;
    },
  };
  const [program, ...argv] = words;
  expect(program).toBe('pool-lab');
  await runProgram({ argv, commands: [command], version: '1', io: recordingIo() });
  expect(flags['config']).toBe('none');
  return planOf(flags);
}

test('a plan from a file is told as the flags that give it', async () => {
  const text = [
    'pool-size: [1, 2, 8..32:x2]',
    'max-overflow: [-1, 0]',
    'workload: [hot, hold]',
    'param: { hold.ms: 20, rows: 8 }',
    'pre-ping: on',
    'threshold: ["latency.p99 < 50ms", lost==0]',
    'pg-setting: { search_path: "a b, \'c\' $HOME `x` \\\\ \\n!" }',
  ].join('\n');
  const plan = planOf({}, text);
  const line = sweepCommandLine(plan);
  expect(line).toContain(
    'pool-lab sweep --config none --pool-size 1,2,8..32:x2 --max-overflow=-1,0 --pre-ping --workload hot,hold --param hold.ms=20 --param rows=8 ',
  );
  expect(await planOfWords(shellWords(line))).toEqual(plan);
});

test('whatever the plan, its command gives the same plan', async () => {
  const list = (values: fc.Arbitrary<number>) =>
    fc.array(values, { minLength: 1, maxLength: 3 }).map((items) => items.join(','));
  const flags = fc.record(
    {
      workers: list(fc.integer({ min: 1, max: 64 })),
      poolSize: fc.oneof(list(fc.integer({ min: 0, max: 400 })), fc.constant('1..8:+3')),
      maxOverflow: list(fc.integer({ min: -1, max: 400 })),
      poolKind: fc.constantFrom('queue', 'null,plain'),
      prePing: fc.constant(true),
      pgSetting: fc
        .string({ unit: 'grapheme', minLength: 1 })
        .map((text) => [`application_name=${text.replaceAll('\0', '')}x`]),
      threshold: fc.constant(['latency.p99 < 50ms', 'errors.rate<1%']),
      seed: fc.integer({ min: 0, max: 9 }).map(String),
      rounds: fc.integer({ min: 1, max: 9 }).map(String),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(flags, async (given) => {
      const plan = planOf(given);
      expect(await planOfWords(unquoted(sweepCommandLine(plan)))).toEqual(plan);
    }),
    { numRuns: 60 },
  );
});
