import { expect, test } from 'vitest';
import { type Detection, requiredParts, resolveOptional } from './optional-part.ts';

const PRESENT: Detection<string> = { state: 'present', thing: '/usr/bin/docker' };
const ABSENT: Detection<string> = {
  state: 'absent',
  reason: 'no docker on PATH',
  remedy: 'install Docker',
};

test('a part that is there is handed over, required or not', () => {
  for (const required of [requiredParts(''), requiredParts('docker')]) {
    expect(resolveOptional({ part: 'docker', detection: PRESENT, required })).toEqual(PRESENT);
  }
});

test('a missing part is skipped in one line that says why and what to do', () => {
  const required = requiredParts('pgbouncer');
  expect(resolveOptional({ part: 'docker', detection: ABSENT, required })).toEqual({
    state: 'skipped',
    line: 'SKIPPED (docker): no docker on PATH; install Docker',
  });
});

test('a missing part that is required fails', () => {
  const required = requiredParts('docker');
  expect(() => resolveOptional({ part: 'docker', detection: ABSENT, required })).toThrow(
    'POOL_LAB_REQUIRE names docker, but no docker on PATH; install Docker',
  );
});

test.each([
  [undefined, []],
  ['', []],
  ['docker', ['docker']],
  [' docker, pgbouncer ,', ['docker', 'pgbouncer']],
])('POOL_LAB_REQUIRE=%j requires %j', (text, parts) => {
  expect([...requiredParts(text)]).toEqual(parts);
});

test('an unknown name is refused, and all of them are named', () => {
  expect(() => requiredParts('docker,dokcer,PGBOUNCER')).toThrow(
    /^POOL_LAB_REQUIRE names dokcer, PGBOUNCER, known are browser, docker/,
  );
});
