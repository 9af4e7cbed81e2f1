import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { entryPoint } from '../entry-point.ts';
import { listContainers, removeContainers } from '../postgres/container-removal.ts';
import { detectDockerImage } from '../postgres/test/docker-image.ts';
import { fakeDocker } from '../postgres/test/fake-docker.ts';
import { identifyProcess, isRunning } from '../process-table.ts';
import { optional } from '../test/optional.ts';
import { startWatchdog } from './watchdog.ts';

const docker = await optional('docker', () => detectDockerImage(process.env));

/** A busy engine takes its time; a quiet one needs half a second. */
const GONE = { timeout: 15_000, interval: 100 };

const guardedSchema = z.object({ lab: z.string(), watchdogPid: z.int() });

/** The lab in a process of its own, killed at the given moment; its label, and who is left to clean up. */
async function killedLab(moment: 'guarded' | 'ready') {
  const { socketPath } = docker.get();
  const entry = entryPoint(import.meta.url, '../postgres/test/run-container');
  const child = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.write(`${JSON.stringify(docker.get())}\n`);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  const { lab, watchdogPid } = guardedSchema.parse(JSON.parse(String(first.value)));
  onTestFinished(() => removeContainers({ socketPath, lab }));
  const watchdog = identifyProcess(watchdogPid);
  if (watchdog === null) throw new Error('the watchdog does not run');
  if (moment === 'ready') await lines.next();
  child.kill('SIGKILL');
  await once(child, 'exit');
  return { labelled: { socketPath, lab }, watchdog };
}

docker.test.each(['guarded', 'ready'] as const)(
  'a lab that is killed when its container is %s leaves no container',
  async (moment) => {
    const { labelled, watchdog } = await killedLab(moment);
    await expect.poll(() => isRunning(watchdog), GONE).toBe(false);
    expect(await listContainers(labelled)).toEqual([]);
  },
);

test('one that the engine only makes after its lab was killed goes, too', async () => {
  let looks = 0;
  let removed = false;
  await using engine = await fakeDocker((request) => {
    if (request.startsWith('DELETE')) {
      removed = true;
      return { status: 204, body: null };
    }
    looks += 1;
    return { status: 200, body: looks > 5 && !removed ? [{ Id: 'late' }] : [] };
  });
  const watchdog = startWatchdog();
  watchdog.guard({ kind: 'container', socketPath: engine.socketPath, lab: 'one' });
  await watchdog.close();
  expect(removed).toBe(true);
});

test('what was released is not looked for', async () => {
  await using engine = await fakeDocker(() => ({ status: 200, body: [{ Id: 'another' }] }));
  const watchdog = startWatchdog();
  const release = watchdog.guard({
    kind: 'container',
    socketPath: engine.socketPath,
    lab: 'one',
  });
  release();
  await watchdog.close();
  expect(engine.asked).toEqual([]);
});
