import type { Problem } from './option-table.ts';
import { SOURCE_DEFAULT } from './option-table.ts';
import type { Transport } from './trial-plan.ts';

/** A way to the database that something else which was asked for leaves no room for. */
export function transportProblems(
  asked: {
    readonly dbTransport: Transport;
    readonly postgres: 'embedded' | 'docker' | 'url';
    readonly pooler: string;
    /** Of a sweep's values one is enough. */
    readonly dbRtt: number | readonly number[];
    readonly dbFault: readonly unknown[];
    /** An API that runs already. */
    readonly target?: string | null;
  },
  sources: { readonly dbTransport: string },
): readonly Problem[] {
  const { dbTransport, postgres, pooler, dbRtt, dbFault, target = null } = asked;
  const problem = (text: Pick<Problem, 'problem' | 'remedy'>): readonly Problem[] => [
    { field: '--db-transport', value: dbTransport, source: sources.dbTransport, ...text },
  ];
  const isGiven = sources.dbTransport !== SOURCE_DEFAULT;
  if (postgres === 'url') {
    if (!isGiven) return [];
    return problem({
      problem: 'cannot be chosen with --postgres url: the address in DATABASE_URL decides',
      remedy:
        'leave it out; encryption is its parameter sslmode, and a socket is a directory as its host',
    });
  }
  if (dbTransport === 'tcp') return [];
  if (target !== null) {
    return problem({
      problem: 'comes too late: the API of --target is connected already',
      remedy: 'leave it out, or leave --target out',
    });
  }
  // The network is then between the API and the pooler, and the pooler takes the way that was asked for.
  if (pooler !== 'none') return [];
  if (dbTransport === 'socket' && [dbRtt].flat().some((ms) => ms > 0)) {
    return problem({
      problem: 'has no distance: --db-rtt stands for a network, and a socket crosses none',
      remedy: 'use --db-transport tcp or tls, or leave --db-rtt out',
    });
  }
  if (dbTransport === 'socket' && dbFault.length > 0) {
    return problem({
      problem: 'has no network whose faults --db-fault could make',
      remedy: 'use --db-transport tcp or tls, or leave --db-fault out',
    });
  }
  return [];
}
