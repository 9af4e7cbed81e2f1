import { ERROR_CLASSES } from '../../../server/contract.ts';
import { COMPONENTS } from '../../load/load-engine.ts';

/** What a fact is measured in; only facts of one unit can be compared. */
export type FactUnit = 'ms' | 'per_second' | 'count' | 'share' | 'cores';

/** What is told of a distribution of times. */
export const SUMMARIES = ['p50', 'p90', 'p95', 'p99', 'p999', 'mean', 'max'] as const;
export type SummaryName = (typeof SUMMARIES)[number];

export interface FactFamily {
  readonly names: readonly string[];
  readonly unit: FactUnit;
  readonly description: string;
}

/**
 * Every fact of a trial that a threshold can be about, by what it tells. The list is closed; parser,
 * help, the README's table and the readings come from it.
 */
export const FACT_FAMILIES = [
  {
    names: namesUnder('latency', SUMMARIES),
    unit: 'ms',
    description:
      'right answers in the steady window, as the clients saw them; unanswered ones as "at least"',
  },
  {
    names: namesUnder('latency.error', SUMMARIES),
    unit: 'ms',
    description: 'time until a failure, whole run',
  },
  {
    names: namesUnder('run.latency', SUMMARIES),
    unit: 'ms',
    description: 'as `latency`, over the whole run, drain included',
  },
  { names: ['throughput'], unit: 'per_second', description: 'right answers in the steady window' },
  {
    names: ['goodput'],
    unit: 'per_second',
    description: 'right answers within the goodput deadline, in the steady window',
  },
  { names: ['run.throughput'], unit: 'per_second', description: 'right answers, whole run' },
  {
    names: ['run.goodput'],
    unit: 'per_second',
    description: 'right answers within the goodput deadline, whole run',
  },
  {
    names: ['offered'],
    unit: 'per_second',
    description: 'arrivals of the schedule; open load only',
  },
  { names: ['requests.scheduled'], unit: 'count', description: "users' requests that were due" },
  { names: ['requests.ok'], unit: 'count', description: "users' requests with a right answer" },
  {
    names: ['errors.total'],
    unit: 'count',
    description: "users' requests without a right answer, whatever the reason",
  },
  {
    names: ['errors.rate'],
    unit: 'share',
    description: '`errors.total` as a share of the requests that were due',
  },
  {
    names: namesUnder('errors', ERROR_CLASSES),
    unit: 'count',
    description: "users' requests that ended with this error class",
  },
  {
    names: ['errors.connect'],
    unit: 'count',
    description: "users' requests that could not connect to the API",
  },
  {
    names: ['refused'],
    unit: 'count',
    description: 'connections that PostgreSQL refused (SQLSTATE 53300), as the clients were told',
  },
  { names: ['timeouts'], unit: 'count', description: 'given up by the client' },
  { names: ['lost'], unit: 'count', description: 'the connection broke before the answer' },
  { names: ['unanswered'], unit: 'count', description: 'without an answer when the drain ended' },
  { names: ['dropped'], unit: 'count', description: 'never sent: the in-flight cap was reached' },
  {
    names: ['attempts.started'],
    unit: 'count',
    description: 'attempts that went over the wire; more than the requests where clients retry',
  },
  { names: ['attempts.failed'], unit: 'count', description: 'attempts without a right answer' },
  {
    names: namesUnder('attempts.errors', ERROR_CLASSES),
    unit: 'count',
    description: 'attempts that ended with this error class; retries may hide them from the users',
  },
  {
    names: ['retries'],
    unit: 'count',
    description: "attempts beyond each request's first",
  },
  {
    names: COMPONENTS.flatMap((component) => namesUnder(component, SUMMARIES)),
    unit: 'ms',
    description:
      'parts of the latency of right answers: client lag, pool wait, connecting, holding the connection, event loop, rest',
  },
  {
    names: ['pool.waiting.peak'],
    unit: 'count',
    description: 'requests waiting for a connection in one worker, at most',
  },
  {
    names: ['pool.waiting.mean'],
    unit: 'count',
    description: 'requests waiting for a connection in all workers, on average',
  },
  {
    names: ['pool.held.peak'],
    unit: 'count',
    description: 'connections in use in one worker, at most',
  },
  {
    names: ['pool.saturated'],
    unit: 'share',
    description: 'share of the time with a request waiting; the worst worker',
  },
  { names: ['pool.acquired'], unit: 'count', description: 'checkouts that were asked for' },
  { names: ['pool.timeouts'], unit: 'count', description: 'checkouts that timed out' },
  { names: ['pool.errors'], unit: 'count', description: 'checkouts that failed to connect' },
  { names: ['pool.opened'], unit: 'count', description: 'connections opened in the window' },
  {
    names: ['pg.connections.peak'],
    unit: 'count',
    description: 'connections of all workers as PostgreSQL saw them, at most',
  },
  {
    names: ['pg.connections.peak.worker'],
    unit: 'count',
    description: 'connections of one worker as PostgreSQL saw them, at most',
  },
  {
    names: ['pg.connections.peak.all'],
    unit: 'count',
    description: "everybody's connections, at most",
  },
  {
    names: ['pg.lock_waits'],
    unit: 'share',
    description: 'share of the active backends that waited for a lock',
  },
  { names: ['max_connections'], unit: 'count', description: "PostgreSQL's limit" },
  { names: ['others'], unit: 'count', description: "connections that are not the API's" },
  {
    names: ['usable'],
    unit: 'count',
    description: 'slots left for the API: max_connections − reserved − others',
  },
  {
    names: ['floor', 'ceiling', 'rollout_ceiling'],
    unit: 'count',
    description: 'connections the API can have idle, busy, and in a rolling deploy',
  },
  {
    names: ['api.event_loop'],
    unit: 'share',
    description: "busy share of a worker's event loop; the busiest worker",
  },
  {
    names: ['cpu.postgres', 'cpu.api', 'cpu.generator'],
    unit: 'cores',
    description: 'CPU time over the time it was spent in: busy cores',
  },
  { names: ['cores'], unit: 'cores', description: "the machine's" },
  {
    names: ['generator.event_loop'],
    unit: 'share',
    description: "busy share of the generator's event loop",
  },
  {
    names: namesUnder('generator.lag', ['p50', 'p99']),
    unit: 'ms',
    description: 'how late the generator took requests up',
  },
  { names: ['generator.reconnects'], unit: 'count', description: 'connections opened again' },
  {
    names: ['host.cpu_pressure'],
    unit: 'share',
    description: 'share of the time in which something runnable waited for a CPU',
  },
  {
    names: ['host.cpu_steal'],
    unit: 'share',
    description: 'share of the CPU time that the hypervisor gave to others',
  },
  {
    names: ['host.throttled'],
    unit: 'ms',
    description: 'time out of CPU quota',
  },
] as const satisfies readonly FactFamily[];

export type FactName = (typeof FACT_FAMILIES)[number]['names'][number];

/** All that thresholds of one command can be about. */
export interface FactVocabulary<F extends string> {
  readonly names: readonly F[];
  /** The fact of that name, or `null`. */
  find(name: string): { readonly name: F; readonly unit: FactUnit } | null;
  /** Whose help lists them. */
  readonly command: string;
  /** One threshold, for remedies. */
  readonly example: string;
}

export const TRIAL_FACTS: FactVocabulary<FactName> = factVocabulary<FactName>(FACT_FAMILIES, {
  command: 'run',
  example: 'latency.p99<50ms',
});

export const FACT_NAMES = TRIAL_FACTS.names;

export function factVocabulary<F extends string>(
  families: readonly { readonly names: readonly F[]; readonly unit: FactUnit }[],
  { command, example }: Pick<FactVocabulary<F>, 'command' | 'example'>,
): FactVocabulary<F> {
  const found = new Map(
    families.flatMap(({ names, unit }) =>
      names.map((name): [string, { name: F; unit: FactUnit }] => [name, { name, unit }]),
    ),
  );
  return {
    names: [...found.values()].map(({ name }) => name),
    find: (name) => found.get(name) ?? null,
    command,
    example,
  };
}

function namesUnder<const P extends string, const S extends string>(
  prefix: P,
  leaves: readonly S[],
): readonly `${P}.${S}`[] {
  return leaves.map((leaf): `${P}.${S}` => `${prefix}.${leaf}`);
}
