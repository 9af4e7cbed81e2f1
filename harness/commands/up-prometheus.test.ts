import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { recordingIo } from '../test/recording-io.ts';
import { upCommand } from './up.ts';

test('without a Prometheus on PATH nothing is started, and it says how to get one', async () => {
  const io = recordingIo({ env: { PATH: '/nonexistent' } });
  const before = labDirectories();
  await expect(upCommand.run({ prometheus: true }, io, [])).rejects.toMatchObject({
    code: 'PROMETHEUS_MISSING',
    exitCode: 3,
    hint: expect.stringMatching(/apt-get install prometheus.*brew install prometheus.*compose/),
  });
  expect(io.stderrText()).toBe('');
  expect(labDirectories()).toEqual(before);
});

test('a port for a Prometheus that was not asked for is a mistake', async () => {
  const io = recordingIo({ env: { PATH: '/nonexistent' } });
  await expect(upCommand.run({ prometheusPort: '9090' }, io, [])).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('--prometheus-port "9090" does nothing without --prometheus'),
  });
});

function labDirectories(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('pool-lab-up-'));
}
