import { EXIT_CODE } from '../exit-code.ts';
import { createLoadEngine } from '../load/load-process-engine.ts';
import { openStubProcess } from '../load/stubs/stub-process-link.ts';
import { readOptions } from '../plan/option-table.ts';
import { problemError } from '../plan/problem-error.ts';
import { createPaint } from '../report/paint.ts';
import { createProgress } from '../report/progress.ts';
import { selftestJson } from '../report/selftest-json.ts';
import { selftestPassed, selftestTerminal } from '../report/selftest-terminal.ts';
import { FAMILIES } from '../selftest/families.ts';
import { chooseRows, runSelftest } from '../selftest/run-selftest.ts';
import type { Command } from './command.ts';
import { SELFTEST_OPTIONS } from './selftest-options.ts';

/** Both load engines against servers whose truth is known; no PostgreSQL, no API. */
export const selftestCommand: Command = {
  name: 'selftest',
  summary: 'do the load engines measure right, on this machine, now? In under a minute',
  options: SELFTEST_OPTIONS,
  examples: [
    { line: 'pool-lab selftest', shows: 'truth, our answer, and what autocannon alone says' },
    { line: 'pool-lab selftest --row open/freeze --json', shows: 'one row, for scripts' },
  ],
  async run(flags, io) {
    const { values, problems } = readOptions(SELFTEST_OPTIONS, { flags, env: io.env });
    if (problems.length > 0) throw problemError(problems, 'selftest');
    const progress = createProgress(io.stderr);
    try {
      await using stubs = await openStubProcess();
      await using load = await createLoadEngine({ onSpawn: () => () => undefined }).open();
      const result = await runSelftest(chooseRows(FAMILIES, new Set(values.row)), {
        withAutocannon: true,
        load,
        stubs,
        signal: io.signal,
        say: (text) => progress.report({ kind: 'step', text }),
      });
      progress.end();
      io.stdout.write(
        values.json
          ? selftestJson(result)
          : selftestTerminal(result, {
              columns: io.stdout.columns,
              paint: createPaint(io.stdout.color),
            }),
      );
      return selftestPassed(result) ? EXIT_CODE.ok : EXIT_CODE.invalidMeasurement;
    } finally {
      progress.end();
    }
  },
};
