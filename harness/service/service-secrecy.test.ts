import { expect, test } from 'vitest';
import { createRedactor, REDACTED } from '../report/redactor.ts';
import { hidingSecretsOf } from './service-secrecy.ts';

const COMMAND = {
  program: 'node',
  args: [],
  directory: null,
  shown: 'node',
  marker: '0'.repeat(32),
};

test('each line of a secret that has several is hidden, wherever it stands', () => {
  const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\r\nkqhkiG9w0BAQEF\n=\n-----END KEY-----';
  const { redact } = hidingSecretsOf(
    { ...COMMAND, environment: { SIGNING_KEY: key, GREETING: 'good\nmorning to you' } },
    [],
    createRedactor(),
  );
  expect(redact('reading MIIEvQIBADANBg')).toBe(`reading ${REDACTED}`);
  expect(redact(key)).toBe(REDACTED);
  expect(redact('a = 1, good, morning to you')).toBe('a = 1, good, morning to you');
});
