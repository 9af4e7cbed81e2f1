import { EXIT_CODE } from '../exit-code.ts';
import { type Option, readOptions } from '../plan/option-table.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { problemError } from '../plan/problem-error.ts';
import { RUN_OPTIONS } from '../plan/run-options.ts';
import { yesNo } from '../plan/value-parser.ts';
import { formatCount } from '../report/format.ts';
import { LoadRate } from '../report/load-rate.ts';
import { createPaint } from '../report/paint.ts';
import { createProgress, type Progress } from '../report/progress.ts';
import { upScreen } from '../report/up-screen.ts';
import { chooseDatabase, planOn } from '../runner/database-choice.ts';
import { withLab } from '../runner/lab.ts';
import { isInContainer, requireListenConsent } from '../runner/listen-consent.ts';
import { pause } from '../runner/pause.ts';
import { keepLoading, type StandingLab, withStandingLab } from '../runner/standing-lab.ts';
import { withAskedMetrics } from './asked-metrics.ts';
import type { Command } from './command.ts';
import { labDeps } from './lab-deps.ts';

const LOAD_OPTION: Option<boolean> = {
  flag: 'load',
  env: 'POOL_LAB_LOAD',
  parser: yesNo(),
  defaultValue: false,
  description: 'put the load of --workload on it, by --connections or --rate, until it is stopped',
  repeatable: false,
};
const UP_OPTIONS = { load: LOAD_OPTION } as const;

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
  ],
  async run(flags, io) {
    const given = { flags, env: io.env };
    const asked = parseTrialPlan({ ...given, command: 'up', further: UP_OPTIONS });
    const { ports, json } = asked;
    const { values, problems } = readOptions(UP_OPTIONS, given);
    if (problems.length > 0) throw problemError(problems, 'up');
    const { load } = values;
    for (const warning of asked.warnings) io.stderr.write(`${warning}\n`);
    requireListenConsent(ports.listen, isInContainer(io.env));
    const deps = labDeps(io, asked.directory);
    const foreignDatabase = await chooseDatabase(asked.database, { ...deps, command: 'up' });
    const plan = planOn(foreignDatabase, asked.plan);
    const progress = createProgress(io.stderr);
    try {
      await withAskedMetrics(asked, deps.warn, ({ observer, url: metricsUrl }) => {
        progress.report({ kind: 'step', text: 'starting PostgreSQL and the API' });
        return withLab(plan.postgres, { ...deps, foreignDatabase, observer }, (lab) =>
          withStandingLab(lab, plan, ports, async (standing) => {
            progress.end();
            const { server, superuser, api, passwordFile, others } = standing;
            const { url, adminUrl } = server;
            io.stdout.write(
              json
                ? `${JSON.stringify({ url, adminUrl, metricsUrl, passwordFile, superuser: address(superuser), api: address(api) })}\n`
                : upScreen(
                    {
                      ...{ plan, url, adminUrl, superuser, api, passwordFile, others },
                      loaded: load,
                      prometheus: null,
                      environment: lab.environment,
                    },
                    { columns: io.stdout.columns, paint: createPaint(io.stdout.color) },
                  ),
            );
            const { signal } = lab;
            const rate = new LoadRate();
            await Promise.all([
              watch(standing, { signal, progress, rate }),
              load
                ? keepLoading(lab, server, plan, { signal, onProgress: (seen) => rate.see(seen) })
                : null,
            ]);
            // Anything but the user's own signal is a failure to tell.
            if (!io.signal.aborted) lab.signal.throwIfAborted();
          }),
        );
      });
      return EXIT_CODE.ok;
    } finally {
      progress.end();
    }
  },
};

function address({ host, port, user, database }: StandingLab['api']) {
  return { host, port, user, database };
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
  return `connections: ${formatCount(workers)} of the API, ${formatCount(all)} of ${formatCount(maxConnections)} in all; ${formatCount(waiting)} requests waiting`;
}
