import { expect, test } from 'vitest';
import { summarizeRounds } from '../analysis/estimates/rounds-result.ts';
import type { ServiceReading } from '../analysis/service-reading.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { createPaint } from './paint.ts';
import { roundsTerminal } from './rounds-terminal.ts';
import { FITTING } from './test/sample-situations.ts';
import { percentiles } from './test/sample-trial.ts';
import { runningServiceTrial, serviceTrial, unknownShapeTrial } from './test/service-trial.ts';
import { visibleLength } from './text-layout.ts';
import { trialHeadline } from './trial-headline.ts';
import { trialTerminal } from './trial-terminal.ts';

const STYLE = { columns: 80, paint: createPaint(false) };
const report = (trial: MeasuredTrial = serviceTrial()): string => trialTerminal(trial, STYLE);
const flat = (trial?: MeasuredTrial): string => report(trial).replace(/\s+/g, ' ');
const reading = (changes: Partial<ServiceReading>): MeasuredTrial => serviceTrial({}, changes);

test('who was measured is the command as it was written, with the settings that it was given', () => {
  expect(flat()).toContain(
    'SERVICE uvicorn app:app --port {port} --workers {workers} DB_POOL_SIZE={poolSize} DB_MAX_OVERFLOW={maxOverflow} ready after 1.42 s, 6 processes at most, gone 80 ms after it was told to stop PREDICTED',
  );
  expect(flat()).not.toContain('k-1234567');
});

test('what had to be killed is said', () => {
  const process = { readyMs: 1, processesPeak: 2, stopMs: 5_000, killed: 2, cpuMs: null };
  expect(flat(reading({ process }))).toContain('; 2 processes had to be killed');
});

test('what the lab’s own API tells, and a service does not, is left out and not zero', () => {
  const text = flat();
  for (const absent of [
    /answers by worker/,
    /peak by worker/,
    /event loop/,
    /waiting in the pool/,
    /connecting/,
    /holding a connection/,
    / rest /,
    /where the time of right answers went/,
    /TIME/,
    /\bAPI\b/,
    /busiest worker/,
    /POOLS/,
    /REQUESTS/,
  ]) {
    expect(text).not.toMatch(absent);
  }
  expect(text).toContain('CPU PostgreSQL 0.21, service 0.53, load generator 0.18 of 2 cores');
  expect(flat({ ...serviceTrial(), cpuMs: { ...serviceTrial().cpuMs, api: null } })).toContain(
    'CPU PostgreSQL 0.21, load generator 0.18 of 2 cores',
  );
});

test('parts that some answers told stand with how many these were', () => {
  const sound = serviceTrial();
  const text = flat({
    ...sound,
    componentsMs: {
      ...sound.componentsMs,
      wait: percentiles({ samples: 4_000, p50: 9 }),
      db: percentiles({ p50: 21 }),
    },
  });
  expect(text).toContain('and where the time of right answers went');
  expect(text).toContain('waiting in the pool (4,000) ');
  expect(text).toMatch(/holding a connection 1\.0ms 21ms/);
  expect(text).toMatch(/ rest /);
  expect(text).not.toContain('connecting');
});

test('refusals are those of PostgreSQL’s log, beside those that answers told', () => {
  expect(flat()).toContain(
    "OBSERVED refused: peak 26 of 26, 1,310 connections refused by PostgreSQL's log, 1,204 answers say so ✓ as predicted",
  );
  expect(flat(reading({ refusalsLogged: null }))).toContain('26 of 26, 1,204 answers say so ✓');
});

test('a service that PostgreSQL refused is exhausted, whatever its answers say', () => {
  const trial = serviceTrial({
    ...FITTING,
    requests: { ...FITTING.requests, httpErrors: { http_500: 40 } },
  });
  const text = flat(trial);
  expect(text).toMatch(
    /^EXHAUSTED: PostgreSQL refused 1,310 connections \(SQLSTATE 53300\), as its log says; 40 of 8,094 requests failed \(40 HTTP 500\)\./,
  );
});

test('where nobody could have told of refusals, none are said to be absent', () => {
  const sound = serviceTrial(FITTING, { refusalsLogged: null });
  const text = flat({
    ...sound,
    requests: { ...sound.requests, httpErrors: { http_500: 40 } },
    budget: { ...sound.budget, refusalsVisible: false },
  });
  expect(text).toMatch(/^FAILED REQUESTS: 40 of 8,094 \(40 HTTP 500\)\. /);
  expect(text).toContain('OBSERVED perhaps refused, nobody told: peak 26 of 96, no answer says so');
  expect(text).toContain('whether as predicted is not seen');
  expect(text).not.toContain('0 refused');
});

test('of a shape that nobody told nothing is predicted, and no shape is recommended', () => {
  const text = flat(unknownShapeTrial());
  expect(text).toMatch(
    /^ALL ANSWERED: 0 failed, 0 refused at .* What the service may open was not told; 96 are usable/,
  );
  expect(text).toContain('PREDICTED nothing: nobody told what the service may open (--workers,');
  expect(text).toContain('nothing was predicted');
  expect(text).not.toMatch(/create_engine|FITS|4 workers/);
});

test('one that ran before is named by where it answers, and has nothing of PostgreSQL', () => {
  const text = flat(runningServiceTrial());
  expect(text).toContain('SERVICE http://127.0.0.1:8080, which ran before and goes on');
  expect(text).not.toMatch(/PREDICTED|OBSERVED|SESSIONS|TARGET|OUTPUT/);
  expect(text).toContain('CPU load generator 0.18 of 2 cores');
  expect(text).toMatch(/NOT SEEN the database: .* Where the time of an answer went/);
});

test('sessions are by application, role and address; a state that none was in is no column', () => {
  const who = { role: 'shop', address: 'socket' };
  const sessions = [
    {
      applicationName: 'a very long name of an application',
      ...who,
      peak: 20,
      meanByState: { active: 3.25 },
    },
    { applicationName: 'jobs', ...who, peak: 2, meanByState: { idle: 1, disabled: 0.5 } },
  ];
  const lines = report(reading({ sessions })).split('\n');
  const first = lines.findIndex((line) => line.startsWith('SESSIONS'));
  expect(lines.slice(first + 1, first + 4).map((line) => line.trim().split(/\s{2,}/))).toEqual([
    ['application', 'role', 'address', 'peak', 'active', 'idle', 'else'],
    ['a very long nam…', 'shop', 'socket', '20', '3.3', '0', '0'],
    ['jobs', 'shop', 'socket', '2', '0', '1.0', '0.5'],
  ]);
  expect(flat(reading({ sessions: [] }))).not.toContain('SESSIONS');
});

test('its own metrics say only what they say', () => {
  const nothing = {
    max: null,
    usedPeak: null,
    usedMean: null,
    waitingPeak: null,
    waitingMean: null,
    timeouts: null,
    waitMeanMs: null,
    connectMeanMs: null,
  };
  const metrics = { ...nothing, source: 'hikaricp', readings: 9 } as const;
  expect(
    flat(reading({ metrics: { ...metrics, max: 40, usedPeak: 40, usedMean: 38.2, timeouts: 0 } })),
  ).toContain(
    'POOLS 40 connections at most; 40 in use at most, 38.2 on average; 0 pool timeouts (its own metrics in the words of HikariCP, 9 readings under load)',
  );
  expect(flat(reading({ metrics: { ...metrics, waitMeanMs: 12.3 } }))).toContain(
    'POOLS waited 12 ms on average (',
  );
  expect(flat(reading({ metrics }))).not.toContain('POOLS');
});

test('its output is told by the words that are known, and requests by how they ended', () => {
  const text = report(
    reading({
      said: { poolTimeouts: 2, refusals: 0, lines: 10 },
      requests: [
        { name: 'GET /a', ok: 100, failed: 0 },
        { name: 'POST /b', ok: 50, failed: 50 },
      ],
    }),
  );
  expect(text).toContain('10 lines: 2 tell of a pool timeout');
  expect(text).toMatch(/POST \/b +50 +50 +50 %\n +GET \/a +100 +0 +0 %/);
  expect(flat(reading({ said: null }))).not.toContain('OUTPUT');
});

test('names of strangers move no cursor, and no line is wider than the terminal', () => {
  const trial = reading({
    sessions: [
      {
        applicationName: '\u001b[2Jx',
        role: '\u202ey',
        address: '10.0.0.1',
        peak: 1,
        meanByState: { active: 1, idle: 1, 'idle in transaction': 1, unknown: 100 },
      },
    ],
    requests: [{ name: 'GET /\u001b]0;title\u0007', ok: 1, failed: 0 }],
    unseen: ['What is not known.'],
  });
  const text = report(trial);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not get out
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(Math.max(...text.split('\n').map(visibleLength))).toBeLessThanOrEqual(80);
});

test('rounds are told as rounds of a service', () => {
  const { gates } = serviceTrial().plan;
  const rounds = [runningServiceTrial(), runningServiceTrial()];
  const text = roundsTerminal(summarizeRounds(rounds, { roundsAsked: 2, gates }), STYLE).replace(
    /\s+/g,
    ' ',
  );
  expect(text).toContain(
    'SERVICE http://127.0.0.1:8080, which ran before and goes on LOAD GET /orders,',
  );
  expect(text).toContain('one after the other on a service that ran before');
  expect(text).toMatch(/190 ms – VALID ALL ANSWERED/);
  expect(text.match(/Where the time of an answer went/g)).toHaveLength(1);
});

test('a deploy whose second instance did not get ready is no success, and says why', () => {
  const failure = 'the service ended by itself before it was ready (exit code 1)';
  const rollout = { surge: 2, replaced: 0, workersPeak: 4, durationMs: 450, failure };
  const failed = { ...unknownShapeTrial(), rollout };
  expect(trialHeadline(failed)).toMatchObject({
    good: false,
    text: expect.stringMatching(
      /\. The deploy failed, its second instance did not get ready: the /,
    ),
  });
  expect(flat(failed)).toContain(
    `DEPLOY a second instance was started beside the first, and after 450 ms given up, so that the first went on: ${failure}`,
  );
});

test('of a service that was started elsewhere all sessions of its database are shown, and said to be', () => {
  expect(flat(reading({ process: null }))).toContain(
    'SESSIONS all of its database, whoever has them, as PostgreSQL saw them;',
  );
  expect(flat()).toContain('SESSIONS its connections as PostgreSQL saw them;');
});
