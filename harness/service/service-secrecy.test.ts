import { expect, test } from 'vitest';
import { createRedactor, REDACTED } from '../report/redactor.ts';
import { hidingSecretsOf } from './service-secrecy.ts';

const command = (environment: Record<string, string>) => ({
  ...{ program: 'node', args: [], directory: null, shown: 'node', marker: '' },
  environment,
});

test.each([
  'API_KEY',
  'GITHUB_TOKEN',
  'SESSION_SECRET',
  'SMTP_PASS',
  'REDIS_PASSWORD',
  'GOOGLE_CREDENTIALS',
  'COOKIE_SALT',
  'SENTRY_DSN',
  'BASIC_AUTH',
])('what %s holds is hidden in what a service says', (name) => {
  const { redact } = hidingSecretsOf(command({ [name]: 'opensesame' }), [], createRedactor());
  expect(redact(`with ${name}=opensesame`)).toBe(`with ${name}=${REDACTED}`);
});

test('so is what was handed on by its name, and nothing that is neither', () => {
  const told = command({ REGION: 'eu-central', PLAIN: 'elsewhere' });
  const { redact } = hidingSecretsOf(told, ['REGION'], createRedactor());
  expect(redact('eu-central, elsewhere')).toBe(`${REDACTED}, elsewhere`);
});

test('a switch that is called like a secret hides no word of the output', () => {
  const { redact } = hidingSecretsOf(command({ AUTH_ON: 'true' }), [], createRedactor());
  expect(redact('it is true')).toBe('it is true');
});
