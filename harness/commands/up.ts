import { givenRunFile } from '../config-file.ts';
import { EXIT_CODE } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { requirePoolerProgram } from '../pgbouncer/pgbouncer-program.ts';
import { type Option, readOptions } from '../plan/option-table.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { problemError } from '../plan/problem-error.ts';
import { RUN_OPTIONS } from '../plan/run-options.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { yesNo } from '../plan/value-parser.ts';
import { foreignDatabaseOf } from '../postgres/chosen-postgres.ts';
import { formatCount } from '../report/format.ts';
import { LoadRate } from '../report/load-rate.ts';
import { createPaint } from '../report/paint.ts';
import { createProgress, type Progress } from '../report/progress.ts';
import type { PrometheusScreen } from '../report/prometheus-lines.ts';
import { prometheusLinks } from '../report/prometheus-links.ts';
import { upScreen } from '../report/up-screen.ts';
import { choosePostgres, planOn } from '../runner/database-choice.ts';
import { requireFreeSlots } from '../runner/exhaustion-consent.ts';
import { type Lab, withLab } from '../runner/lab.ts';
import { isInContainer, requireListenConsent } from '../runner/listen-consent.ts';
import { pause } from '../runner/pause.ts';
import { keepLoading, type StandingLab, withStandingLab } from '../runner/standing-lab.ts';
import { readSqlFile } from '../sql-file.ts';
import { withAskedMetrics } from './asked-metrics.ts';
import type { Command } from './command.ts';
import { labDeps } from './lab-deps.ts';
import { startingText } from './starting-text.ts';
import {
  askedPrometheus,
  besidePrometheus,
  prometheusProblems,
  UP_PROMETHEUS_OPTIONS,
} from './up-prometheus.ts';

const LOAD_OPTION: Option<boolean> = {
  flag: 'load',
  env: 'POOL_LAB_LOAD',
  parser: yesNo(),
  defaultValue: false,
  description: 'put the load of --workload on it, by --connections or --rate, until it is stopped',
  repeatable: false,
};
const UP_OPTIONS = { load: LOAD_OPTION, ...UP_PROMETHEUS_OPTIONS } as const;

/** PostgreSQL, API and monitor, kept running so that people can look around. */
export const upCommand: Command = {
  name: 'up',
  summary: 'keeps PostgreSQL and the API running, to look around while it is exhausted',
  options: { ...RUN_OPTIONS, ...UP_OPTIONS },
  examples: [
    {
      line: 'pool-lab up --max-connections 30 --workers 4 --pool-size 5 --max-overflow 10',
      shows: 'lines to paste: exhaust it, look at both sides',
    },
    {
      line: 'pool-lab up --prometheus --load --workload hold --connections 64 --max-connections 30',
      shows: 'exhaustion as Prometheus sees it: graphs and alerts',
    },
  ],
  async run(flags, io) {
    const given = { flags, env: io.env };
    const asked = parseTrialPlan({
      ...given,
      file: await givenRunFile(given),
      readSql: readSqlFile,
      command: 'up',
      further: UP_OPTIONS,
    });
    const { ports, json } = asked;
    const { values, sources, problems: unreadable } = readOptions(UP_OPTIONS, given);
    const problems = [...unreadable, ...prometheusProblems(values, sources)];
    if (problems.length > 0) throw problemError(problems, 'up');
    const { load } = values;
    for (const warning of asked.warnings) io.stderr.write(`${warning}\n`);
    requireListenConsent(ports.listen, isInContainer(io.env));
    const prometheus = await askedPrometheus(values, io.env);
    await requirePoolerProgram(asked.plan.pooler, io.env);
    // A Prometheus wants the load's numbers too, wherever they are.
    const metrics = prometheus === null ? asked : { ...asked, metricsPort: asked.metricsPort ?? 0 };
    const deps = labDeps(io, asked.directory);
    const postgres = await choosePostgres(asked.database, { ...deps, command: 'up' });
    const foreignDatabase = foreignDatabaseOf(postgres);
    const plan = planOn(foreignDatabase, asked.plan);
    requireFreeSlots(foreignDatabase, asked.database, {
      cells: [{ id: null, plan }],
      load: load ? 'own' : 'anybody',
    });
    const progress = createProgress(io.stderr);
    try {
      await withAskedMetrics(metrics, deps.warn, ({ observer, url: metricsUrl }) => {
        progress.report({ kind: 'step', text: startingText(postgres) });
        return withLab(plan.postgres, { ...deps, postgres, observer }, (lab) =>
          withStandingLab(lab, plan, ports, (standing) => {
            const endpoints = { adminUrl: standing.server.adminUrl, metricsUrl };
            return besidePrometheus(prometheus, { lab, ...endpoints }, (watching) => {
              progress.end();
              io.stdout.write(
                screenText({ lab, standing, plan, metricsUrl, watching, json, load }, io),
              );
              return lookAround({ lab, standing, plan, load, progress }, io);
            });
          }),
        );
      });
      return EXIT_CODE.ok;
    } finally {
      progress.end();
    }
  },
};

interface Shown {
  readonly lab: Lab;
  readonly standing: StandingLab;
  readonly plan: TrialPlan;
  readonly metricsUrl: string | null;
  readonly watching: PrometheusScreen | null;
  readonly json: boolean;
  readonly load: boolean;
}

function screenText(
  { lab, standing, plan, metricsUrl, watching, json, load }: Shown,
  { stdout }: Io,
): string {
  const { server, superuser, api, passwordFile, others } = standing;
  const { url, adminUrl, pgbouncer } = server;
  const pooler =
    pgbouncer === null
      ? null
      : { version: pgbouncer.version, address: address(pgbouncer.database) };
  if (json) {
    const prometheus = watching === null ? null : prometheusLinks(watching.graphUrl);
    const roles = { superuser: address(superuser), api: address(api) };
    const addresses = { url, adminUrl, metricsUrl, prometheus, passwordFile, ...roles, pooler };
    return `${JSON.stringify(addresses)}\n`;
  }
  return upScreen(
    {
      ...{ plan, url, adminUrl, passwordFile, others },
      superuser: address(superuser),
      api: address(api),
      pooler,
      loaded: load,
      prometheus: watching,
      environment: lab.environment,
    },
    { columns: stdout.columns, paint: createPaint(stdout.color) },
  );
}

/** Until the user ends it, or something that it needs has ended. */
async function lookAround(
  {
    lab,
    standing,
    plan,
    load,
    progress,
  }: Pick<Shown, 'lab' | 'standing' | 'plan' | 'load'> & { readonly progress: Progress },
  io: Io,
): Promise<void> {
  const { ended } = standing.server;
  const signal = AbortSignal.any([lab.signal, ended]);
  const rate = new LoadRate();
  await Promise.all([
    watch(standing, { signal, progress, rate }),
    load
      ? keepLoading(lab, standing.server, plan, { signal, onProgress: (seen) => rate.see(seen) })
      : null,
  ]);
  // Anything but the user's own signal is a failure to tell.
  if (!io.signal.aborted) signal.throwIfAborted();
}

/** Everything but the password. */
function address({ password: _, ...address }: StandingLab['api']) {
  return address;
}

const WATCH_EVERY_MS = 1_000;

/** A line when the numbers change; on a terminal it rewrites itself. */
async function watch(
  standing: StandingLab,
  {
    signal,
    progress,
    rate,
  }: { readonly signal: AbortSignal; readonly progress: Progress; readonly rate: LoadRate },
): Promise<void> {
  let last = '';
  while (!signal.aborted) {
    const connections = await describe(standing);
    const text = rate.text === '' ? connections : `${connections}; ${rate.text}`;
    if (text !== last) progress.report({ kind: 'step', text });
    last = text;
    await pause(WATCH_EVERY_MS, signal);
  }
}

async function describe(standing: StandingLab): Promise<string> {
  const { workers, all, waiting } = await standing.watch();
  const { maxConnections } = standing;
  return `connections: ${formatCount(workers)} of the API, ${formatCount(all)} of ${formatCount(maxConnections)} in all; ${formatCount(waiting)} requests without one`;
}
