import { basename, dirname } from 'node:path';
import { readDataFile } from './data-file.ts';
import { LabError } from './lab-error.ts';
import { dataRows } from './plan/data-rows.ts';
import type { RawEnv } from './plan/option-table.ts';
import type { RequestMix, RequestPlan, RequestTemplate } from './plan/request-mix.ts';
import { columnsIn } from './plan/request-placeholders.ts';
import { filledInHeader, variableProblem, variablesIn } from './plan/requests/header-rules.ts';
import type { Redactor } from './report/redactor.ts';

/**
 * What the engines send: the plan's templates with the variables of their headers filled in, and the rows of its
 * data. The values of variables are in no plan, and are registered as secrets here. Once for all trials of a plan:
 * it reads the file, which may be long.
 *
 * @throws LabError CONFIG_INVALID for a variable or a file that is not there, RESUME_REFUSED for a file that is
 * another than the plan was made with
 */
export function requestMixOf(
  { templates, data }: RequestPlan,
  { env, redactor }: { readonly env: RawEnv; readonly redactor: Redactor },
): RequestMix {
  return {
    templates: templates.map((template) => filledIn(template, { env, redactor })),
    rows: data === null ? null : rowsOf(data, columnsOf(templates)),
    order: data?.order ?? 'sequential',
  };
}

function filledIn(
  template: RequestTemplate,
  { env, redactor }: { readonly env: RawEnv; readonly redactor: Redactor },
): RequestTemplate {
  const headers = Object.entries(template.headers).map(([name, text]) => {
    for (const variable of variablesIn(text)) {
      const wrong = variableProblem(variable, env[variable]);
      if (wrong !== null) {
        throw new LabError('CONFIG_INVALID', {
          message: `the header ${name} of the request ${JSON.stringify(template.name)} ${wrong.problem}`,
          hint: wrong.remedy,
        });
      }
    }
    const value = filledInHeader(text, (variable) => env[variable] ?? '');
    for (const variable of variablesIn(text)) redactor.register(env[variable] ?? '');
    return [name, value];
  });
  return { ...template, headers: Object.fromEntries(headers) };
}

function columnsOf(templates: readonly RequestTemplate[]): readonly string[] {
  return columnsIn(
    ...templates.flatMap(({ path, headers, body }) => [
      path,
      ...Object.values(headers),
      body ?? '',
    ]),
  );
}

/** Of each row what is used: the rest is sent nowhere. */
function rowsOf(
  { path, sha256 }: NonNullable<RequestPlan['data']>,
  columns: readonly string[],
): RequestMix['rows'] {
  const read = readDataFile(basename(path), dirname(path));
  if (!read.ok) {
    throw new LabError('CONFIG_INVALID', {
      message: `the data of the requests, ${JSON.stringify(path)}, ${read.problem}`,
      hint: 'put the file back that the plan was made with, or begin anew',
    });
  }
  const found = read.sha256 === sha256 ? dataRows(path, read.text) : null;
  if (found === null || !found.ok) {
    throw new LabError('RESUME_REFUSED', {
      message: `the data of the requests, ${JSON.stringify(path)}, changed since the plan was made: its SHA-256 was ${short(sha256)}…, and is ${short(read.sha256)}…`,
      hint: 'put the file back as it was, or begin anew: answers to other rows are no rounds of the same',
    });
  }
  return found.rows.map(({ values }) =>
    Object.fromEntries(columns.map((column) => [column, values[column] ?? ''])),
  );
}

const HASH_CHARACTERS = 12;
const short = (hash: string): string => hash.slice(0, HASH_CHARACTERS);
