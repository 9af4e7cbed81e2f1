import { expect, test } from 'vitest';
import { flat } from './test/flat-report.ts';
import { sampleTrial } from './test/sample-trial.ts';

test('what a role with fewer rights could not see is said, and not shown as nothing', () => {
  const trial = sampleTrial();
  const { environment } = trial;
  const postgres = { ...environment.postgres, seesOthers: false };
  expect(flat({ ...trial, environment: { ...environment, postgres } })).toContain(
    "NOT SEEN what sessions of others did, and which were still connecting: the monitor's role lacks pg_read_all_stats",
  );
  expect(flat(trial)).not.toContain('NOT SEEN');
});
