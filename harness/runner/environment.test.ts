import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const TASKSET = '/usr/bin/taskset';

test.runIf(existsSync(TASKSET))('cores that this process may not use are not counted', () => {
  const allowed = /^Cpus_allowed_list:\s*(?<first>\d+)/m.exec(
    readFileSync('/proc/self/status', 'utf8'),
  )?.groups?.['first'];
  const module = new URL('./environment.ts', import.meta.url).href;
  const script = `import { machineEnvironment } from '${module}';
    process.stdout.write(String(machineEnvironment('0.0.0').cores));`;
  const node = [process.execPath, '--input-type=module', '--eval', script] as const;
  expect(execFileSync(TASKSET, ['-c', String(allowed), ...node], { encoding: 'utf8' })).toBe('1');
});
