import { z } from 'zod';
import { ERROR_CODES } from '../lab-error.ts';

/** The code of a bug, which has no remedy but to be reported. */
export const BUG_CODE = 'INTERNAL';

/** What every command prints with `--json` instead of its result when it fails. */
export const errorDocumentSchema = z.strictObject({
  error: z.strictObject({
    code: z.enum([BUG_CODE, ...Object.keys(ERROR_CODES)]),
    /** The facts: the field, the value, what was found. */
    message: z.string(),
    /** The next step. */
    hint: z.string(),
  }),
});

/** One line of JSON. */
export function errorJson({ code, message, hint }: Readonly<ErrorDocument['error']>): string {
  return `${JSON.stringify({ error: { code, message, hint } } satisfies ErrorDocument)}\n`;
}

type ErrorDocument = z.infer<typeof errorDocumentSchema>;
