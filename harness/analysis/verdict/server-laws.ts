import type { ServerStats, WorkerStats } from '../../../server/contract.ts';
import type { Endings } from '../../load/load-engine.ts';
import { answered, unseen } from '../endings.ts';
import type { ServerAccount } from '../trial-observations.ts';
import type { Law } from '../trial-result.ts';

/**
 * What must hold between the clients' counts and the server's own.
 *
 * @param account `null`: nobody gave one
 * @param deaths workers that died in the window; what they counted last nobody was told
 * @param leftBehind connections of the API that the server side still had after the API was stopped;
 * `null` where that cannot be said
 * @param peakOnServer connections of the API at most, as the server side saw them, of an API that was not
 * started on this server by the lab itself; else `null`
 */
export function serverLaws(
  attempts: Endings,
  {
    account,
    deaths,
    leftBehind,
    peakOnServer,
  }: {
    readonly account: ServerAccount | null;
    readonly deaths: number;
    readonly leftBehind: number | null;
    readonly peakOnServer: number | null;
  },
): readonly Law[] {
  return [
    ...(account === null ? [] : accountLaws(attempts, account, deaths)),
    ...(leftBehind === null ? [] : [nothingLeftBehind(leftBehind)]),
    ...(account === null || peakOnServer === null
      ? []
      : [seenOnServer(peakOnServer, account.after)]),
  ];
}

function accountLaws(
  attempts: Endings,
  { before, after }: ServerAccount,
  deaths: number,
): readonly Law[] {
  const delta = { ...serverDelta(before, after), isWhole: deaths === 0 };
  return [
    answersOnBothSides(attempts, delta),
    errorsOnBothSides(attempts, delta),
    ...after.workers.map(poolAccount),
  ];
}

/** An attempt whose client gave up may or may not have been finished by the server. */
function answersOnBothSides(attempts: Endings, delta: KnownDelta): Law {
  const least = delta.isWhole ? answered(attempts) : 0;
  const most = answered(attempts) + unseen(attempts);
  return {
    name: 'answers on both sides',
    holds: delta.finished >= least && delta.finished <= most,
    detail:
      least === most
        ? `finished by the server ${delta.finished} = answered to clients ${least}`
        : `finished by the server ${delta.finished}, between ${least} and ${most} seen by clients`,
  };
}

function errorsOnBothSides(attempts: Endings, delta: KnownDelta): Law {
  const classes = [...new Set([...Object.keys(attempts.httpErrors), ...delta.errors.keys()])]
    // Nobody is there to see the answer of a request whose client hung up.
    .filter((name) => name !== 'client_abort')
    .sort();
  const wrong = classes.filter((name) => {
    const difference = (delta.errors.get(name) ?? 0) - (attempts.httpErrors[name] ?? 0);
    return (delta.isWhole && difference < 0) || difference > unseen(attempts);
  });
  const sides = (wrong.length > 0 ? wrong : classes).map(
    (name) => `${name} ${delta.errors.get(name) ?? 0} = ${attempts.httpErrors[name] ?? 0}`,
  );
  return {
    name: 'errors on both sides',
    holds: wrong.length === 0,
    detail:
      sides.length === 0 ? 'no errors on either side' : `server = client: ${sides.join(', ')}`,
  };
}

function poolAccount({ worker, pool }: WorkerStats): Law {
  const settled = pool.acquireOk + pool.acquireTimeout + pool.acquireError + pool.waiting;
  return {
    name: `pool account of worker ${worker}`,
    holds: pool.acquireStarted === settled,
    detail: `acquires started ${pool.acquireStarted} = ok + timeout + error + waiting ${settled}`,
  };
}

function nothingLeftBehind(leftBehind: number): Law {
  return {
    name: 'nothing left behind',
    holds: leftBehind === 0,
    detail: `connections of the stopped API on the server side ${leftBehind} = 0`,
  };
}

/** An API and a database that were named separately may not belong together. */
function seenOnServer(peakOnServer: number, { workers }: ServerStats): Law {
  const open = workers.reduce(
    (sum, { alive, pool }) => sum + (alive ? pool.held + pool.idle : 0),
    0,
  );
  return {
    name: 'one database',
    holds: open === 0 || peakOnServer > 0,
    detail: `the API has ${open} connections open, of which the database in DATABASE_URL saw ${peakOnServer} at most`,
  };
}

interface ServerDelta {
  readonly finished: number;
  readonly errors: ReadonlyMap<string, number>;
}

interface KnownDelta extends ServerDelta {
  /** Every worker lived to tell its counts. */
  readonly isWhole: boolean;
}

function serverDelta(before: ServerStats, after: ServerStats): ServerDelta {
  const earlier = new Map(before.workers.map((stats) => [stats.worker, stats]));
  const errors = new Map<string, number>();
  let finished = 0;
  for (const { worker, http } of after.workers) {
    const start = earlier.get(worker)?.http;
    finished += http.finished - (start?.finished ?? 0);
    const startErrors = new Map(Object.entries(start?.errors ?? {}));
    for (const [name, count] of Object.entries(http.errors)) {
      const difference = count - (startErrors.get(name) ?? 0);
      if (difference !== 0) errors.set(name, (errors.get(name) ?? 0) + difference);
    }
  }
  return { finished, errors };
}
