import { expect, test } from 'vitest';
import { DISCARDED, measureConnections } from './measure-connections.ts';
import { ANSWER, message, NO_TLS_ADDRESS, OK, READY, scripted } from './test/scripted-server.ts';

const SESSION = [{ say: Buffer.concat([OK, READY]) }, { say: ANSWER }, { say: ANSWER }];
const REFUSAL = [{ say: message('E', 'SFATAL\0C53300\0Msorry, too many clients already\0\0') }];
const at = ({ port }: { readonly port: number }) => ({ ...NO_TLS_ADDRESS, port });

function asked(rounds: number, signal = AbortSignal.timeout(10_000)) {
  return { rounds, signal, onRound: () => undefined };
}

test('each kind is measured in its rounds, after those that are discarded', async () => {
  await using near = await scripted(SESSION);
  await using far = await scripted(SESSION);
  const measured = await measureConnections(
    new Map([
      ['tcp', at(near)],
      ['tcp_20ms', at(far)],
    ]),
    asked(20),
  );
  const roundsOf = (id: 'tcp' | 'tcp_20ms') => {
    const observed = measured.get(id);
    return observed instanceof Map ? [...observed.keys()] : observed;
  };
  expect(roundsOf('tcp')).toEqual(Array.from({ length: 20 }, (_, round) => round));
  expect(roundsOf('tcp_20ms')).toEqual([0, 8, 16]);
  expect(near.sessions()).toBe(DISCARDED + 20);
});

test('what is refused at once is absent, in the words of the server', async () => {
  await using open = await scripted(SESSION);
  await using full = await scripted(REFUSAL);
  const measured = await measureConnections(
    new Map([
      ['tcp', at(open)],
      ['trust', at(full)],
    ]),
    asked(1),
  );
  expect(measured.get('trust')).toEqual({
    absent: 'sorry, too many clients already (SQLSTATE 53300)',
  });
  expect(measured.get('tcp')).toHaveProperty('size', 1);
});

test('what fails later is a failure, and is told as one', async () => {
  await using server = await scripted(SESSION, { from: DISCARDED + 2, script: REFUSAL });
  await expect(measureConnections(new Map([['tcp', at(server)]]), asked(5))).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    message: expect.stringMatching(/connection tcp of round 3 .*: sorry, too many clients already/),
  });
});

test('who ended on the way is what is told, where somebody did', async () => {
  const ended = new AbortController();
  await using server = await scripted(SESSION, {
    from: DISCARDED + 2,
    script: REFUSAL,
    onSession: () => setImmediate(() => ended.abort(new Error('PostgreSQL ended'))),
  });
  await expect(
    measureConnections(new Map([['tcp', at(server)]]), asked(5, ended.signal)),
  ).rejects.toThrow('PostgreSQL ended');
});
