import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRefusalLog, showsRefusals } from './refusal-log.ts';

const AT = '2026-01-31 12:00:00.000';

const REFUSED = [
  `${AT} UTC [4711] FATAL:  sorry, too many clients already`,
  `${AT} GMT [4711] FATAL:  53300: sorry, too many clients already`,
  `${AT} +03 [4711] FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute`,
  `${AT} CET [4711] FATAL:  remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role`,
  `${AT} UTC [4711] FATAL:  remaining connection slots are reserved for non-replication superuser connections`,
  `${AT} UTC [4711] FATAL:  remaining connection slots are reserved for superusers`,
  `${AT} UTC [4711] FATAL:  too many connections for role "shop"`,
  `${AT} UTC [4711] FATAL:  too many connections for database "shöp"`,
];

const NOT_REFUSED = [
  `${AT} UTC [4711] FATAL:  password authentication failed for user "shop"`,
  `${AT} UTC [4711] FATAL:  the database system is starting up`,
  `${AT} UTC [4711] FATAL:  terminating connection due to administrator command`,
  `${AT} UTC [4711] ERROR:  sorry, too many clients already`,
  `${AT} UTC [4711] LOG:  could not send data to client: FATAL:  sorry, too many clients already`,
  `${AT} UTC [4711] STATEMENT:  SELECT '`,
  `\t${AT} UTC [4711] FATAL:  sorry, too many clients already`,
  'FATAL:  sorry, too many clients already',
  '',
];

test.each(REFUSED)('a refusal is counted: %s', (line) => {
  const log = createRefusalLog();
  log.push(`${line}\n`);
  expect(log.refusals()).toBe(1);
});

test.each(NOT_REFUSED)('what only looks like one is not: %j', (line) => {
  const log = createRefusalLog();
  log.push(`${line}\n`);
  expect(log.refusals()).toBe(0);
});

test('however the log is cut, and whatever is between, each refusal is counted once', () => {
  const line = fc.oneof(
    fc.constantFrom(...REFUSED),
    fc.constantFrom(...NOT_REFUSED),
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')),
    fc.constant('x'.repeat(5_000)),
  );
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 8 }),
      fc.array(fc.nat(200), { maxLength: 20 }),
      (lines, cuts) => {
        const log = createRefusalLog();
        let bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        for (const cut of cuts) {
          log.push(bytes.subarray(0, cut));
          bytes = bytes.subarray(cut);
        }
        log.push(bytes);
        expect(log.refusals()).toBe(lines.filter((text) => REFUSED.includes(text)).length);
      },
    ),
  );
});

test('a line without an end is not kept for ever', () => {
  const log = createRefusalLog();
  for (let chunk = 0; chunk < 100; chunk += 1) log.push(Buffer.alloc(100_000, 'x'));
  log.push(`\n${REFUSED[0]}\n`);
  expect(log.refusals()).toBe(1);
});

const AS_READ = {
  ...{ prefix: '%m [%p] ', level: 'warning', collector: 'off' },
  ...{ destination: 'stderr', language: 'C' },
};

test.each([{}, { language: 'en_US.UTF-8' }, { level: 'error' }, { destination: 'stderr,syslog' }])(
  'a log with %j is one whose lines are known',
  (settings) => {
    expect(showsRefusals({ ...AS_READ, ...settings })).toBe(true);
  },
);

test.each([
  { prefix: '%t ' },
  { prefix: '' },
  { level: 'panic' },
  { collector: 'on' },
  { destination: 'csvlog' },
  { language: 'de_DE.UTF-8' },
  { language: 'english' },
])('a log with %j is not taken for one without refusals', (settings) => {
  expect(showsRefusals({ ...AS_READ, ...settings })).toBe(false);
});
