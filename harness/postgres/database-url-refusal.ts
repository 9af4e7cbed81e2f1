import { LabError } from '../lab-error.ts';

/** The variable a database's address comes in: in an argument everybody could read its password. */
export const DATABASE_URL_ENV = 'DATABASE_URL';

// A whole address as an example would have its password taken out on its way to the screen.
export const REMEDY =
  'give all of postgres://…@host:port/database, with user:password before the @; write what is special in a part as %40 (@), %3A (:), %2F (/), %3F (?), %23 (#), %25 (%)';

/**
 * Why the address is not taken. Nothing of the address itself is said: where parts are mixed up, each may
 * be a piece of the password.
 *
 * @param written how to write the character that is in the way, e.g. `%40`
 * @param remedy what else to do @default the form of an address
 */
export function refusedUrl(problem: string, written?: string, remedy?: string): LabError {
  return new LabError('CONFIG_INVALID', {
    message: `${DATABASE_URL_ENV} ${problem}`,
    hint:
      remedy ??
      (written === undefined ? REMEDY : `where it belongs to a part, write ${written}; ${REMEDY}`),
  });
}

/** @throws LabError CONFIG_INVALID */
export function decoded(text: string, part: string): string {
  let value: string;
  try {
    value = decodeURIComponent(text);
  } catch {
    throw refusedUrl(`has a % in its ${part} that is not followed by a character's code`, '%25');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value)) {
    throw refusedUrl(`has a control character in its ${part}`);
  }
  return value;
}
