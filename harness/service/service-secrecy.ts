import { SECRET_NAME } from '../plan/written-secrets.ts';
import { createRedactor, type Redactor } from '../report/redactor.ts';
import type { FilledCommand } from './filled-command.ts';

/** Shorter than a secret that could be kept: `on`, `yes`, `false`. */
const SECRET_LENGTH_MIN = 8;

/**
 * Hides in what a service writes, besides the database's password, the values of its variables that were handed on by
 * their name or are called like a secret. Nowhere else: a value may be a word that reports are made of.
 */
export function hidingSecretsOf(
  { environment }: FilledCommand,
  passed: readonly string[],
  redactor: Pick<Redactor, 'redact'>,
): Pick<Redactor, 'redact'> {
  const own = createRedactor();
  for (const [name, value] of Object.entries(environment)) {
    const isSecret = SECRET_NAME.test(name) && value.length >= SECRET_LENGTH_MIN;
    if (!passed.includes(name) && !isSecret) continue;
    own.register(value);
    // Output is read line by line, and of a key that has several no line would be the whole.
    for (const line of value.split(/\r?\n/)) {
      if (line.length >= SECRET_LENGTH_MIN) own.register(line);
    }
  }
  return { redact: (text) => own.redact(redactor.redact(text)) };
}
