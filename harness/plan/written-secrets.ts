import { placeholdersOf, type ServiceVariables } from './service-parser.ts';

/** Variables that hold a secret by what everybody calls them. */
export const SECRET_NAME = /KEY|TOKEN|SECRET|PASS|CREDENTIAL|COOKIE|DSN|AUTH/i;
/** What such a variable may be set to that is none. */
const NO_SECRET = /^(\d+|on|off|yes|no|true|false)?$/i;
const ADDRESS_WITH_PASSWORD = /:\/\/[^/\s@]*:[^/\s@]+@/;

/**
 * A plan keeps the variables of a service as they were written, and a report repeats them where it says how to measure
 * again: of what looks like a secret it is said beforehand.
 */
export function writtenSecretWarnings(env: ServiceVariables, source: string): readonly string[] {
  const written = Object.entries(env.set)
    .filter(([, value]) => placeholdersOf(value).length === 0)
    .filter(
      ([name, value]) =>
        (SECRET_NAME.test(name) && !NO_SECRET.test(value)) || ADDRESS_WITH_PASSWORD.test(value),
    )
    .map(([name]) => name);
  if (written.length === 0) return [];
  const them = written.length === 1 ? 'is' : 'are';
  return [
    `${source}: ${written.join(', ')} ${them} kept with the results as written; the name alone, --env ${written[0]}, hands it on from the environment of pool-lab, and its value is kept nowhere`,
  ];
}
