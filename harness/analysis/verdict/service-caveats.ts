import { shapeOfPlan } from '../estimates/shape-of-plan.ts';
import type { CaveatInput } from './caveat-input.ts';
import { degraded, type Finding, invalid } from './caveats.ts';

type ServiceCaveat = 'shape_exceeded' | 'no_connection' | 'wrong_before_load' | 'no_answers';

/**
 * PostgreSQL counts a connection that ends for a moment beside the next one, which pools with an overflow open again
 * and again: so many more, on average over a second, are no other shape.
 */
const ENDING = { connections: 0.5, shareOfOverflow: 0.1 } as const;
/**
 * A pool without an overflow may replace all it has at once, so that each is there twice for a moment. What has more
 * for ever so short is another pool, or none: one connection a request is few on average, and many at times.
 */
const REPLACED_AT_ONCE = 2;

/** What only a service can do: be wrong before anything is asked of it, and have another pool than was said. */
export const SERVICE_CHECKS: Readonly<
  Record<ServiceCaveat, (input: CaveatInput) => Finding | null>
> = {
  shape_exceeded: ({ seen }) => {
    const { plan, service, server } = seen;
    // What a fault cuts off PostgreSQL goes on with, and a pooler's connections are its own.
    if (service === null || server === null) return null;
    if (plan.faults.length > 0 || plan.pooler !== null) return null;
    if (seen.api.via !== null) return null;
    const told = toldOf(plan);
    if (told === null) return null;
    const bursts = plan.pool.maxOverflow === 0 && server.peakWorkers > REPLACED_AT_ONCE * told.most;
    if (service.busiestSecondMean <= told.most + told.ending && !bursts) return null;
    return invalid(
      `the service opened ${server.peakWorkers} connections, and was told to open ${told.most} at most (${told.text})`,
    );
  },
  no_connection: ({ seen }) => {
    const { plan, server, load, service } = seen;
    // Of one that ran before nobody said that this is its database, and a pooler's connections are its own.
    if (plan.service?.kind !== 'command' || service === null || server === null) return null;
    if (plan.pooler !== null || seen.api.via !== null) return null;
    const tried = (service.reading.refusalsLogged ?? 0) > 0;
    if (tried || server.peakWorkers > 0 || server.samples === 0 || load.ledger.ok === 0)
      return null;
    return degraded(
      `the service opened no connection to the database it was given: PostgreSQL had none of it in ${server.samples} looks`,
    );
  },
  wrong_before_load: ({ seen: { service, load } }) => {
    const [first] = service?.wrongBefore ?? [];
    // Without any right answer it is the reason of that.
    if (first === undefined || load.ledger.ok === 0) return null;
    return degraded(wrongText(service?.wrongBefore ?? []));
  },
  no_answers: ({ seen: { service, load } }) => {
    const { ok, scheduled } = load.ledger;
    if (ok > 0) return null;
    const none = `0 of ${scheduled} requests were answered right`;
    const wrong = service?.wrongBefore ?? [];
    if (wrong.length === 0) return degraded(none);
    return invalid(
      `${none}, and before any load ${wrongText(wrong)}`,
      'The service was wrong without any load: look at what it says, correct the request, or say what is right with an expected status.',
    );
  },
};

/** Connections that the plan gives a service; `null`: without a bound, or it was not told. */
function toldOf({ pool, service, workers, rolloutSurge }: CaveatInput['seen']['plan']): {
  readonly most: number;
  readonly ending: number;
  readonly text: string;
} | null {
  const { poolSize, maxOverflow } = shapeOfPlan({ pool, service });
  if (poolSize === 0 || maxOverflow < 0) return null;
  const processes = workers + rolloutSurge;
  const most = processes * (poolSize + maxOverflow);
  const ending = ENDING.connections + ENDING.shareOfOverflow * processes * maxOverflow;
  return { most, ending, text: `${processes} × ${poolSize}+${maxOverflow}` };
}

function wrongText(wrong: readonly { readonly name: string; readonly got: string }[]): string {
  return wrong.map(({ name, got }) => `${name} was answered by ${got}`).join(', ');
}
