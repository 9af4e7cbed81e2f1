import type { RequestTemplate } from '../request-mix.ts';

type Expected = RequestTemplate['expect'][number];

export const EXPECTED_STATUSES = '200, 2xx, 200..299 or a list of them';

/** `null`: it is none. */
export function expectedStatus(text: string): Expected | null {
  const digit = /^([1-5])xx$/i.exec(text)?.[1];
  if (digit !== undefined) return { from: Number(digit) * 100, to: Number(digit) * 100 + 99 };
  const match = /^([1-5]\d\d)(?:\s*\.\.\s*([1-5]\d\d))?$/.exec(text);
  if (match === null) return null;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from <= to ? { from, to } : null;
}
