import type { WaysResult } from '../../analysis/ways/ways-result.ts';
import type { Distance } from '../../plan/distance.ts';
import { printStages } from '../../plan/rate-parser.ts';
import { PLAN_OPTIONS } from '../../plan/run-options.ts';
import { printDuration } from '../../plan/value-parser.ts';
import { FIRST_WAY } from '../../plan/ways/way.ts';
import { shellWord } from '../sweep/shell-word.ts';

/** One way in full, with where its time goes: the one to deploy, else the pool alone. */
export function waysNextCommand({ ways, conclusion, environment }: WaysResult): string {
  const shown = ways.find(({ way }) => way === (conclusion.deploy ?? FIRST_WAY));
  if (shown === undefined) return 'npx pool-lab run';
  const { workers, pool, pooler, workload, workloadParams, load, postgres, durationMs } =
    shown.plan;
  const { distance, preparedStatements } = shown.plan;
  const { model } = load;
  const words = [
    ...(environment.postgres.provider === 'embedded'
      ? ['--max-connections', postgres.maxConnections]
      : ['--postgres', environment.postgres.provider]),
    '--workers',
    workers,
    ...(pool.kind === 'null'
      ? ['--pool-kind', 'null']
      : [
          ...['--pool-size', PLAN_OPTIONS.poolSize.parser.print(pool.poolSize)],
          ...['--max-overflow', PLAN_OPTIONS.maxOverflow.parser.print(pool.maxOverflow)],
        ]),
    ...(pooler === null
      ? []
      : [
          ...['--pooler', 'pgbouncer', '--pooler-mode', pooler.mode],
          ...['--pooler-size', pooler.defaultPoolSize, '--pooler-clients', pooler.maxClientConn],
        ]),
    ...(preparedStatements === 'auto' ? [] : ['--prepared-statements', preparedStatements]),
    ...distanceWords(distance),
    '--workload',
    workload,
    ...Object.entries(workloadParams).flatMap(([name, text]) => ['--param', `${name}=${text}`]),
    ...(model.kind === 'closed'
      ? ['--connections', model.connections, '--duration', printDuration(durationMs)]
      : ['--stages', printStages(model.stages), '--max-in-flight', model.maxInFlight]),
  ];
  return `npx pool-lab run ${words.map((word) => shellWord(String(word))).join(' ')}`;
}

function distanceWords({ rttMs, jitterMs, bandwidthMbit }: Distance): readonly string[] {
  if (rttMs === 0) return [];
  const { dbRtt, dbJitter, dbBandwidth } = PLAN_OPTIONS;
  return [
    ...['--db-rtt', dbRtt.parser.print(rttMs)],
    ...(jitterMs === 0 ? [] : ['--db-jitter', dbJitter.parser.print(jitterMs)]),
    ...(bandwidthMbit === null ? [] : ['--db-bandwidth', dbBandwidth.parser.print(bandwidthMbit)]),
  ];
}
