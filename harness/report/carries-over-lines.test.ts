import { expect, test } from 'vitest';
import { carriesOverLines } from './carries-over-lines.ts';
import { sampleTrial } from './test/sample-trial.ts';

test.each([
  ['embedded', 'on 2 cores shared by all'],
  ['url', 'run by somebody else; 2 cores for what ran here'],
] as const)('PostgreSQL that is %s: %s', (provider, words) => {
  const { environment } = sampleTrial();
  const postgres = { ...environment.postgres, provider };
  const lines = carriesOverLines({ postgres, cores: 2 });
  expect(lines.find(({ label }) => label === 'UNKNOWN')?.text).toContain(words);
});
