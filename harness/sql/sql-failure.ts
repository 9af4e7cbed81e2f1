import { LabError } from '../lab-error.ts';
import type { SourcePlace } from '../plan/script/source-place.ts';

/** What PostgreSQL said of a statement. */
export interface SaidBySql {
  readonly sqlstate: string | null;
  readonly message: string;
  readonly detail: string | null;
  readonly hint: string | null;
}

/** SQL of the user's own that PostgreSQL refuses, at its place in its file. */
export function sqlFailure(
  { file, at }: { readonly file: string; readonly at: SourcePlace },
  said: SaidBySql,
  remedy: string,
): LabError {
  const { sqlstate, message, detail, hint } = said;
  const code = sqlstate === null ? '' : ` (SQLSTATE ${sqlstate})`;
  const more = [detail, hint].filter((text) => text !== null).map((text) => `; ${text}`);
  return new LabError('SQL_FAILED', {
    message: `${file}:${at.line}:${at.column}: ${message}${code}${more.join('')}`,
    hint: remedy,
  });
}

/** @returns `null` where PostgreSQL did not say it: the connection was lost, e.g. */
export function saidBySql(
  error: unknown,
): (SaidBySql & { readonly position: number | null }) | null {
  if (!(error instanceof Error) || textOf(error, 'severity') === null) return null;
  const position = Number(textOf(error, 'position') ?? Number.NaN);
  return {
    sqlstate: textOf(error, 'code'),
    message: error.message,
    detail: textOf(error, 'detail'),
    hint: textOf(error, 'hint'),
    position: Number.isInteger(position) ? position : null,
  };
}

function textOf(error: object, field: string): string | null {
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' && value !== '' ? value : null;
}
