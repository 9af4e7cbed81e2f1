import { expect, test } from 'vitest';
import { type ServiceSight, unseenOf } from './service-unseen.ts';

const SEEN: ServiceSight = {
  timing: { answers: 1_000, wait: 1_000, connect: 1_000, db: 1_000, loop: 0, total: 0 },
  metricsUnseen: [],
  refusalsLogged: 0,
  process: { readyMs: 1, processesPeak: 1, stopMs: 1, killed: 0, cpuMs: 1 },
  seesDatabase: true,
};

const timing = (told: Partial<ServiceSight['timing']>): Partial<ServiceSight> => ({
  timing: { ...SEEN.timing, ...told },
});

test.each<readonly [string, Partial<ServiceSight>, readonly RegExp[]]>([
  ['everything was told', {}, []],
  [
    'no answer has Server-Timing',
    timing({ wait: 0, connect: 0, db: 0 }),
    [/no Server-Timing in milliseconds;/],
  ],
  ['answers tell the database alone', timing({ wait: 0 }), [/Server-Timing has no wait;/]],
  ['answers tell the wait alone', timing({ db: 0 }), [/Server-Timing has no db;/]],
  ['half of the answers tell', timing({ wait: 500 }), [/only 50 % of its right answers/]],
  ['nearly all of them tell', timing({ wait: 995 }), []],
  [
    'there was no right answer',
    { timing: { answers: 0, wait: 0, connect: 0, db: 0, loop: 0, total: 0 } },
    [],
  ],
  [
    'its metrics tell nothing',
    { metricsUnseen: ['That is not known.'] },
    [/^That is not known\.$/],
  ],
  ['the log is somebody else’s', { refusalsLogged: null }, [/only where an answer says so/]],
  ['there is no database in sight', { refusalsLogged: null, seesDatabase: false }, []],
  ['it ran before', { process: null }, [/was not started here/]],
  [
    'the system tells no CPU time',
    { process: { readyMs: 1, processesPeak: 1, stopMs: 1, killed: 0, cpuMs: null } },
    [/this system does not tell/],
  ],
])('where %s', (_, change, sentences) => {
  const unseen = unseenOf({ ...SEEN, ...change });
  expect(unseen).toEqual(sentences.map((sentence) => expect.stringMatching(sentence)));
  for (const sentence of unseen) expect(sentence).toMatch(/\.$/);
});
