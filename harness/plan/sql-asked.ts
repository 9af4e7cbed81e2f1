import { SCRIPT_LIMITS } from '../../server/contract.ts';
import type { HostAndPort } from './address-parser.ts';
import { type Problem, SOURCE_DEFAULT } from './option-table.ts';
import { type PlanWorkload, scriptsOfWorkload } from './plan-workload.ts';
import { compileScript } from './script/compile-script.ts';
import { SQL_STATEMENT_TIMEOUT_MS, type SqlFile, type SqlPlan, scriptSetOf } from './sql-plan.ts';

export type SqlFileRead =
  | {
      readonly ok: true;
      /** Where it was found. */
      readonly path: string;
      readonly text: string;
      readonly sha256: string;
    }
  | { readonly ok: false; readonly problem: string; readonly remedy: string };

/**
 * Reads a file of SQL.
 *
 * @param settingsFile the file of settings that names it, beside which a relative path is; `null`: none does
 */
export type ReadSqlFile = (path: string, settingsFile: string | null) => SqlFileRead;

/** For plans that name no file. */
export const NO_SQL_FILES: ReadSqlFile = () => ({
  ok: false,
  problem: 'is not read here',
  remedy: "name a workload of the lab's own",
});

export interface SqlValues {
  readonly workloads: readonly PlanWorkload[];
  readonly command: string | null;
  readonly target: string | null;
  readonly postgres: 'embedded' | 'docker' | 'url';
  readonly apiVia: HostAndPort | null;
  readonly pooler: string;
  readonly allowWrites: boolean;
  readonly sqlSchema: string | null;
  readonly sqlSeed: string | null;
  readonly statementTimeout: number;
}
export type SqlSources = Readonly<
  Record<'workload' | 'allowWrites' | 'sqlSchema' | 'sqlSeed' | 'statementTimeout', string>
>;

export interface SqlAsked {
  /** `null`: there is no SQL of the user's own. */
  readonly plan: SqlPlan | null;
  readonly problems: readonly Problem[];
  /** Sentences: what was given and changes nothing. */
  readonly warnings: readonly string[];
}

/** What the settings ask for in SQL of the user's own, with every problem of every file. */
export function sqlAsked(
  values: SqlValues,
  sources: SqlSources,
  files: { readonly readSql: ReadSqlFile; readonly settingsFile: string | null },
): SqlAsked {
  const { command, allowWrites, sqlSchema, sqlSeed } = values;
  const mixes = command === null ? values.workloads.map(scriptsOfWorkload) : [];
  const names = [...new Set(mixes.flatMap((mix) => mix ?? []).map(({ name }) => name))];
  if (names.length === 0 && command === null) {
    const idle = (['allowWrites', 'sqlSchema', 'sqlSeed'] as const)
      .map((name) => sources[name])
      .filter((source) => source !== SOURCE_DEFAULT);
    const why = 'changes nothing without --workload file.sql or --command';
    return { plan: null, problems: [], warnings: idle.map((source) => `${source} ${why}`) };
  }
  if (names.length === 0 && sqlSchema === null && sqlSeed === null) {
    return { plan: null, problems: [], warnings: [] };
  }
  const readSql = (path: string, source: string): SqlFileRead => {
    const { settingsFile } = files;
    const isOfFile = settingsFile !== null && source.startsWith(`${settingsFile}:`);
    return files.readSql(path, isOfFile ? settingsFile : null);
  };
  const place = placeProblems(values, sources, names);
  const scripts = names.map((name) =>
    readScript(name, { values, source: sources.workload, readSql }),
  );
  const schema = readData('--sql-schema', sqlSchema, { source: sources.sqlSchema, readSql });
  const seed = readData('--sql-seed', sqlSeed, { source: sources.sqlSeed, readSql });
  const problems = [...place, ...[...scripts, schema, seed].flatMap((read) => read.problems)];
  const statementTimeoutMs =
    sources.statementTimeout === SOURCE_DEFAULT
      ? SQL_STATEMENT_TIMEOUT_MS
      : values.statementTimeout;
  const plan: SqlPlan = {
    scripts: scripts.flatMap(({ script }) => script ?? []),
    allowWrites,
    statementTimeoutMs,
    schema: schema.file,
    seed: seed.file,
  };
  const isWhole = problems.length === 0;
  const writesAnyhow = command !== null && sources.allowWrites !== SOURCE_DEFAULT;
  return {
    plan,
    problems: isWhole
      ? sizeProblems(plan, command === null ? values.workloads : [], sources.workload)
      : problems,
    warnings: writesAnyhow
      ? [
          `${sources.allowWrites} changes nothing with --command: a service has all rights in the lab's database`,
        ]
      : [],
  };
}

type ReadSource = (path: string, source: string) => SqlFileRead;

interface ReadScript {
  readonly script: SqlPlan['scripts'][number] | null;
  readonly problems: readonly Problem[];
}

function readScript(
  name: string,
  {
    values: { allowWrites },
    source,
    readSql,
  }: { readonly values: SqlValues; readonly source: string; readonly readSql: ReadSource },
): ReadScript {
  const read = readSql(name, source);
  if (!read.ok) {
    const { problem, remedy } = read;
    const unread = { field: '--workload', value: name, source, problem, remedy };
    return { script: null, problems: [unread] };
  }
  const compiled = compileScript(read.text, { allowWrites });
  if (compiled.ok) return { script: { name, sha256: read.sha256, text: read.text }, problems: [] };
  const problems = compiled.problems.map(({ at, problem, remedy }) => ({
    field: name,
    value: '',
    source: `${name}:${at.line}:${at.column}`,
    problem,
    remedy,
  }));
  return { script: null, problems };
}

function readData(
  field: string,
  path: string | null,
  { source, readSql }: { readonly source: string; readonly readSql: ReadSource },
): { readonly file: SqlFile | null; readonly problems: readonly Problem[] } {
  if (path === null) return { file: null, problems: [] };
  const read = readSql(path, source);
  if (read.ok) return { file: { path: read.path, sha256: read.sha256 }, problems: [] };
  const { problem, remedy } = read;
  return { file: null, problems: [{ field, value: path, source, problem, remedy }] };
}

/** What SQL of the user's own does not go together with. */
function placeProblems(
  { postgres, apiVia, pooler, allowWrites, target, sqlSchema, sqlSeed, workloads }: SqlValues,
  sources: SqlSources,
  names: readonly string[],
): readonly Problem[] {
  const hasScripts = names.length > 0;
  const asked = { field: '--workload', value: workloads.join(','), source: sources.workload };
  const problems: Problem[] = [];
  if (hasScripts && target !== null) {
    problems.push({
      ...asked,
      problem: 'comes too late: the API of --target was started without it',
      remedy: "leave --target out, or name a workload of the lab's own",
    });
  }
  if (postgres !== 'url') return problems;
  if (hasScripts && !allowWrites && (apiVia !== null || pooler !== 'none')) {
    problems.push({
      ...asked,
      problem:
        'has to be read-only, which is asked for by a startup parameter, and PgBouncer refuses those',
      remedy:
        "connect without it, use the lab's own PostgreSQL, or give --allow-writes: then the rights of the role alone hold",
    });
  }
  const files = [
    { field: '--sql-schema', path: sqlSchema, source: sources.sqlSchema },
    { field: '--sql-seed', path: sqlSeed, source: sources.sqlSeed },
  ];
  for (const { field, path, source } of files) {
    if (path === null) continue;
    problems.push({
      field,
      value: path,
      source,
      problem: "is run in the lab's own PostgreSQL only, and not in one that runs already",
      remedy: 'run it there yourself, and leave it out',
    });
  }
  return problems;
}

/** All of a mix travel in one variable. */
function sizeProblems(
  sql: SqlPlan,
  workloads: readonly PlanWorkload[],
  source: string,
): readonly Problem[] {
  const max = SCRIPT_LIMITS.environmentCharactersMax;
  return workloads.flatMap((workload) => {
    const set = scriptSetOf({ sql, workload }, { readOnlySessions: true });
    // Bytes count; what is not ASCII takes up to three a character.
    const size = set === null ? 0 : new TextEncoder().encode(JSON.stringify(set)).length;
    if (size <= max) return [];
    return [
      {
        field: '--workload',
        value: workload,
        source,
        problem: `comes to ${size} bytes when it is compiled, more than ${max}`,
        remedy: 'shorten the scripts, or put what is long into a view or function of --sql-schema',
      },
    ];
  });
}
