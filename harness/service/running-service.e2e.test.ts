import { once } from 'node:events';
import { expect, test } from 'vitest';
import { type GuardedResource, NOTHING_GUARDED } from '../custodian.ts';
import type { LabError } from '../lab-error.ts';
import { createRedactor } from '../report/redactor.ts';
import { type RunningService, startService, withService } from './running-service.ts';
import { startServiceLab } from './test/service-lab.ts';
import { leaked, SLEEPERS, sleepersOf } from './test/sleepers.ts';
import { askedService, PASSWORD, serviceDeps } from './test/started-service.ts';

/** Why it is not ready. */
async function problemOf(mood: string, given = {}): Promise<LabError> {
  const { promise, resolve, reject } = Promise.withResolvers<LabError>();
  startService(askedService(mood, given), serviceDeps()).then(
    (service) => service.stop().then(() => reject(new Error('it got ready'))),
    resolve,
  );
  return await promise;
}

async function endOf({ ended }: RunningService): Promise<LabError> {
  if (!ended.aborted) await once(ended, 'abort');
  return ended.reason;
}

test('it is there for the time of its use, and answers', async () => {
  const status = await withService(
    askedService('serving'),
    serviceDeps(),
    async ({ origin, readyMs, shown }) => {
      expect(readyMs).toBeGreaterThan(0);
      expect(shown).toContain(`serving ${new URL(origin).port}`);
      return (await fetch(origin)).status;
    },
  );
  expect(status).toBe(200);
});

test.each(['slow', 'warming'])('one that is %s is waited for', async (mood) => {
  await withService(askedService(mood), serviceDeps(), async ({ readyMs }) => {
    expect(readyMs).toBeGreaterThan(350);
  });
});

test('a redirect is an answer, and not followed', async () => {
  await withService(askedService('redirecting'), serviceDeps(), async ({ readyMs }) => {
    expect(readyMs).toBeGreaterThan(0);
  });
});

test('another path may be the one that tells', async () => {
  const readyPath = '/health';
  await withService(askedService('rootless', { readyPath }), serviceDeps(), async ({ origin }) => {
    expect((await fetch(origin)).status).toBe(404);
  });
});

/** A busy machine starts a Node in a second. */
const TWO_SECONDS = { readyTimeoutMs: 2_000 };

test.concurrent.each<[string, RegExp, RegExp]>([
  ['elsewhere', /listens on \d+, not on \d+, which \{port\} stands for/, /port/],
  ['another-address', /listens on \[::1\]:\d+, not on 127\.0\.0\.1/, /127\.0\.0\.1/],
  ['failing', /answers \/ with status 500, for \d/, /--ready-path/],
  ['silent', /takes connections on port \d+ and does not answer \/, for/, /--ready-path/],
  ['idle', /does not listen at all, after \d/, /--ready-timeout/],
])('one that is %s: the first line says so', async (mood, message, hint) => {
  const error = await problemOf(mood, TWO_SECONDS);
  expect(error).toMatchObject({
    code: 'SERVICE_NOT_READY',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

test.each<[string, RegExp, RegExp]>([
  ['crashing', /ended by itself before it was ready \(exit code 3\)/, /no module named shop/],
  ['done', /ended by itself before it was ready \(exit code 0\)/, /has to go on running/],
])('one that is %s is not waited for', async (mood, message, hint) => {
  expect(await problemOf(mood)).toMatchObject({
    code: 'SERVICE_NOT_READY',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

test('one that cannot know its port is not waited for', async () => {
  const command = askedService('elsewhere').service.command.replace('{port}', '0');
  const startMs = performance.now();
  const error = await problemOf('elsewhere', { command, readyTimeoutMs: 15_000 });
  expect(performance.now() - startMs).toBeLessThan(15_000);
  expect(error.message).toMatch(/listens on \d+, not on \d+: the command does not use \{port\}/);
});

test.each([
  ['no-such-program {port}', 'no program no-such-program on the PATH', '.venv/bin/no-such-program'],
  ['./no-such {port}', 'there is no program ./no-such', '--service-directory'],
  ['/etc/passwd', '/etc/passwd may not be executed', 'chmod +x'],
  ['PORT={port} node x.js', 'PORT=… is no program but a variable', '--env PORT='],
])('%s is not started', async (command, message, hint) => {
  expect(await problemOf('', { command })).toMatchObject({
    code: 'SERVICE_NOT_READY',
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });
});

test('nor is one in a directory that is not there', async () => {
  const error = await problemOf('serving', { directory: '/no/such' });
  expect(error.message).toContain('there is no directory /no/such');
});

test('a port that somebody else took is not its fault: another one is tried', async () => {
  const markers = new Set<string>();
  const guard = (resource: GuardedResource): (() => void) => {
    if (resource.kind === 'marked-processes') markers.add(resource.marker);
    return NOTHING_GUARDED;
  };
  const starting = startService(askedService('late'), serviceDeps({ custodian: { guard } }));
  await expect(starting).rejects.toThrow(/exit code 1/);
  expect(markers.size).toBe(3);
});

test('its end in the middle is told, with its last lines', async () => {
  await withService(askedService('dying'), serviceDeps(), async (service) => {
    await fetch(`${service.origin}/die`);
    expect(await endOf(service)).toMatchObject({
      code: 'SERVICE_ENDED',
      message: 'the service ended in the middle of it (exit code 5)',
      hint: expect.stringContaining('out of luck'),
    });
  });
});

test('one that made itself a daemon goes on, and its end is told, too', async () => {
  await withService(askedService('daemon'), serviceDeps(), async (service) => {
    await expect.poll(() => service.processes()).toBe(1);
    expect((await fetch(service.origin)).status).toBe(200);
    expect(service.ended.aborted).toBe(false);
    await fetch(`${service.origin}/die`);
    expect((await endOf(service)).code).toBe('SERVICE_ENDED');
  });
});

test('whoever does not end is killed after the stop timeout', async () => {
  const asked = askedService('stubborn', { stopTimeoutMs: 200 });
  const service = await startService(asked, serviceDeps());
  expect(sleepersOf(service.origin)).toBe(1);
  const end = await service.stop();
  expect(end).toMatchObject({ killed: 2 });
  expect(sleepersOf(service.origin)).toBe(0);
  expect(end.stopMs).toBeGreaterThanOrEqual(200);
  expect(await service.stop()).toBe(end);
  expect(service.ended.aborted).toBe(false);
});

test('none of its processes is left, wherever it went', async () => {
  const service = await startService(askedService('leaking'), serviceDeps());
  try {
    await leaked(service);
  } finally {
    expect(await service.stop()).toMatchObject({ killed: 0 });
  }
  expect(sleepersOf(service.origin)).toBe(0);
  expect(service.processesPeak()).toBeGreaterThanOrEqual(11);
});

test('nor when the harness was killed', async () => {
  await using lab = await startServiceLab('leaking');
  expect(sleepersOf(lab.origin)).toBe(SLEEPERS);
  lab.kill();
  await expect.poll(() => sleepersOf(lab.origin), { timeout: 5_000 }).toBe(0);
  await expect(fetch(lab.origin)).rejects.toThrow();
});

test('giving up ends it as well', async () => {
  const quit = new AbortController();
  const starting = startService(askedService('idle'), serviceDeps({ signal: quit.signal }));
  quit.abort(new Error('enough'));
  await expect(starting).rejects.toThrow('enough');
});

test('no secret of it is in what is shown of its output', async () => {
  const asked = askedService(
    'telling',
    { env: { PLAIN: '{databasePassword}', REGION: 'eu' }, passEnv: ['API_TOKEN'] },
    { API_TOKEN: 'sesame-open' },
  );
  await withService(asked, serviceDeps({ redactor: createRedactor() }), async (service) => {
    const text = service.lastLines().join('\n');
    expect(text).toContain('connecting to postgresql://pool_lab_api:[redacted]@127.0.0.1');
    expect(text).toContain('token [redacted], region eu');
    const forms = [PASSWORD, encodeURIComponent(PASSWORD), JSON.stringify(PASSWORD).slice(1, -1)];
    for (const form of [...forms, 'zw', 'sesame']) expect(text).not.toContain(form);
    expect(service.said()).toEqual({ poolTimeouts: 0, refusals: 0, lines: 3 });
  });
});

test('one that writes without end is not held up by it, and not kept', async () => {
  await withService(askedService('flooding'), serviceDeps(), async (service) => {
    expect(service.said().lines).toBe(10_000);
    expect(service.lastLines().every((line) => line.length <= 500)).toBe(true);
    expect(service.lastLines()).toHaveLength(20);
  });
});

test.runIf(process.platform === 'linux')('the time of its children is its own', async () => {
  await withService(askedService('busy'), serviceDeps(), async (service) => {
    await expect.poll(() => service.processes()).toBe(1);
    expect(service.cpuMs()).toBeGreaterThan(250);
    expect(service.cpuMs()).toBeLessThan(5_000);
  });
});
