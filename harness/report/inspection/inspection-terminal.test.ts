import { expect, test } from 'vitest';
import { CAUSE_CODES, type Cause } from '../../analysis/inspection/cause.ts';
import type { Observation } from '../../analysis/inspection/inspection.ts';
import { judgeInspection } from '../../analysis/inspection/judged-inspection.ts';
import {
  type SampleHolder,
  sampleObservation,
} from '../../analysis/inspection/test/sample-observation.ts';
import { createPaint } from '../paint.ts';
import { causeAdvice } from './cause-advice.ts';
import { causeSummary } from './cause-summary.ts';
import { inspectionBlock } from './inspection-block.ts';
import { inspectionJson } from './inspection-document.ts';
import { inspectionTerminal } from './inspection-terminal.ts';

const STYLE = { columns: 100, paint: createPaint(false) };

function shown(holders: readonly SampleHolder[], changed: Partial<Observation> = {}): string {
  const observation = sampleObservation(holders, changed);
  return inspectionTerminal(judgeInspection(observation, { thresholds: [] }), STYLE);
}

test('the verdict comes first, in a sentence, and the next step after it', () => {
  const text = shown([
    { application: 'billing-api', idleInTransaction: 61, oldestIdleInTransactionMs: 245_000 },
    { application: 'web', active: 4, idle: 20 },
  ]);
  expect(text).toMatch(
    /^12 of 97 usable slots are left; 61 sessions sit idle in transaction, the oldest for 4 min, from\s+billing-api:\s+the\s+connections are held, not short\n\nNEXT {10}→ Between BEGIN/,
  );
});

test.each<[string, readonly SampleHolder[], Partial<Observation>, RegExp]>([
  ['calm', [{ idle: 20 }], {}, /^77 of 97 usable slots are left; nothing wrong SLOTS/],
  ['empty', [], {}, /active 0 \(0 %\)/],
  [
    'one forgotten',
    [{ application: '', idleInTransaction: 1, oldestIdleInTransactionMs: 9e6 }],
    {},
    /1 session sits idle in transaction, for 2 h, from sessions without a name \(role ann\)/,
  ],
  [
    'one left',
    [{ active: 96 }],
    {},
    /^1 of 97 usable slots is left; 96 of 96 sessions are at work/,
  ],
  [
    'a leak',
    [{ application: "o'b", idle: 90, longIdle: 90, oldestIdleMs: 3e8 }],
    {},
    /idle for over 10 min \(one for 3 days\) while 93 % of the usable slots .* application_name = 'o''b'/,
  ],
  [
    'a leak that goes on',
    [{ application: 'shop', idle: 90, longIdle: 80, young: 3, oldestIdleMs: 3e6 }],
    {},
    /a leak\), since 3 more were opened in this window instead of using them .*→ Look in shop for the path/s,
  ],
  [
    'several',
    [
      { idleInTransaction: 20, role: 'eve' },
      { application: 'web', idle: 70 },
    ],
    {},
    /^7 of 97[^→]*\(and 1 more, below\)[\s\S]* ALSO 70 of 70 sessions of web are idle[^→]*\(likely\) → Make the pools of web/,
  ],
])('%s is told in its words', (_name, holders, changed, words) => {
  const text = shown(holders, changed).replace(/\s+/g, ' ');
  expect(text).toMatch(words);
  expect(text).not.toMatch(/NaN|undefined|Infinity|null/);
});

/** Of every kind, with nothing known that need not be. */
const BARE: Readonly<Record<Cause['code'], Cause>> = {
  lock_pile_up: { code: 'lock_pile_up', certainty: 'certain', waiting: 3, root: null },
  idle_in_transaction: {
    ...{ code: 'idle_in_transaction', certainty: 'certain', sessions: 0, mean: 11.5 },
    ...{ oldestMs: null, holders: [] },
  },
  role_at_limit: { code: 'role_at_limit', certainty: 'certain', role: 'a"b', limit: 5, used: 5 },
  database_at_limit: {
    code: 'database_at_limit',
    certainty: 'certain',
    database: 'd',
    limit: 5,
    used: 6,
  },
  storm: { code: 'storm', certainty: 'likely', perSecond: null, starting: 12, holders: [] },
  leak: {
    ...{ code: 'leak', certainty: 'possible', sessions: 30, longIdleMs: 600_000, oldestMs: null },
    ...{ opened: 0, scarce: { kind: 'role', name: 'a', capacity: 30, used: 30 }, holders: [] },
  },
  oversized_fleet: {
    ...{ code: 'oversized_fleet', certainty: 'likely', sessions: 90, idle: 90, holders: [] },
    scarce: { kind: 'slots', name: null, capacity: 97, used: 90 },
  },
  busy: { code: 'busy', certainty: 'likely', active: 50.4, sessions: 90 },
  unexplained: {
    ...{ code: 'unexplained', certainty: 'possible' },
    scarce: { kind: 'slots', name: null, capacity: 0, used: 3 },
  },
};

test.each(CAUSE_CODES)('%s has words and a next step, whatever is not known of it', (code) => {
  const words = `${causeSummary(BARE[code], sampleObservation())} → ${causeAdvice(BARE[code], sampleObservation())}`;
  expect(words).toMatch(/^\S.{30,}\.$|;.*$/s);
  expect(words).not.toMatch(/NaN|undefined|null| of {2}| {2}|of have|of are/);
});

const HOSTILE = `evil\u001b[2J\u009b31m\u202egpj\n12 of 97 left${'x'.repeat(90)}`;

test('names of strangers move no cursor, turn no text and begin no line, in any output', () => {
  const observation = sampleObservation(
    [{ application: HOSTILE, role: HOSTILE, database: HOSTILE, idleInTransaction: 90 }],
    {
      roleLimits: [{ name: HOSTILE, limit: 90, used: 90 }],
      oldestSnapshot: { heldBy: 'prepared_transaction', name: HOSTILE, transactions: 4 },
      oldestTransaction: {
        ...{ pid: 1, application: HOSTILE, role: HOSTILE, database: HOSTILE },
        ...{ state: 'active', transactionMs: 5 },
      },
      apart: [{ kind: HOSTILE, processes: 1, limit: null }],
      role: { name: HOSTILE, seesEverybody: true },
      unseen: ['states_of_others', 'connecting', 'activities_off'],
    },
  );
  const inspection = judgeInspection(observation, { thresholds: [] });
  const outputs = [
    inspectionTerminal(inspection, STYLE),
    inspectionBlock(inspection),
    inspectionJson(inspection, { pretty: true }),
    inspectionJson(inspection, { pretty: false }),
  ];
  for (const text of outputs) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not get out
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(text).not.toMatch(/^12 of 97 left/m);
    expect(text).toContain('evil');
  }
  const [, , json = ''] = outputs;
  expect(JSON.parse(json)).toMatchObject({
    observation: { holders: [{ application: HOSTILE }], roleLimits: [{ name: HOSTILE }] },
  });
});

test('a block is two lines, and one more for each threshold that is missed', () => {
  const observation = sampleObservation([{ active: 3, idle: 20 }]);
  expect(
    inspectionBlock(judgeInspection(observation, { thresholds: ['slots.left>80', 'usable>1'] })),
  ).toBe(`2026-11-22T02:00:00.000Z 74 of 97 usable slots are left; nothing wrong
  23 taken: active 3, idle 20, idle in transaction 0, connecting 0, waiting for locks 0; 0 new/s
  ✗ slots.left>80: 74 ≤ 80
`);
});

test('more holders than a screen are told as a sum', () => {
  const holders = Array.from({ length: 14 }, (_, index) => ({
    application: `app-${index}`,
    idle: 2,
  }));
  expect(shown(holders)).toMatch(/\n {2}4 more +8\n/);
});
