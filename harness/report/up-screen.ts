import { ADMIN_PATHS, type DatabaseConfig, WORKLOAD_PATH_PREFIX } from '../../server/contract.ts';
import type { Environment } from '../analysis/trial-machine.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { type Budget, computeBudget } from '../sizing/budget.ts';
import { poolerLimits } from '../sizing/pooler-limits.ts';
import { carriesOverLines, networkOf } from './carries-over-lines.ts';
import { distanceText } from './distance-text.ts';
import { formatClaim, formatCount, plural } from './format.ts';
import { lineText } from './line-text.ts';
import { loadText } from './load-text.ts';
import { type PrometheusScreen, prometheusSections } from './prometheus-lines.ts';
import { shapeText } from './shape-text.ts';
import { shellWord } from './sweep/shell-word.ts';
import type { TerminalStyle } from './terminal-style.ts';

export interface UpScreen {
  readonly plan: TrialPlan;
  readonly url: string;
  readonly adminUrl: string;
  readonly superuser: Omit<DatabaseConfig, 'password'>;
  readonly api: Omit<DatabaseConfig, 'password'>;
  /** Between the two; `null`: none. */
  readonly pooler: {
    readonly version: string;
    readonly address: Omit<DatabaseConfig, 'password'>;
  } | null;
  readonly passwordFile: string;
  readonly others: number;
  readonly loaded: boolean;
  /** `null`: none was asked for. */
  readonly prometheus: PrometheusScreen | null;
  readonly environment: Pick<Environment, 'postgres' | 'cores'>;
}

/** Requests that hold a connection long enough to look at the other side meanwhile. */
const HOLD_MS = 10_000;
/** The name of the console among PgBouncer's databases. */
const CONSOLE_DATABASE = 'pgbouncer';

/** Addresses and lines to paste; they are not wrapped, so that they can be pasted. */
export function upScreen(screen: UpScreen, style: TerminalStyle): string {
  const { paint } = style;
  const { plan, url, adminUrl, superuser, api, passwordFile } = screen;
  const { maxConnections, superuserReservedConnections, reservedConnections } = plan.postgres;
  const budget = computeBudget({
    workers: plan.workers,
    shape: plan.pool,
    rolloutSurge: 0,
    maxConnections,
    superuserReserved: superuserReservedConnections,
    reserved: reservedConnections,
    others: screen.others,
    pooler: poolerLimits(plan.pooler),
  });
  const requests = requestsToExhaust(budget, maxConnections);
  const psql = (role: UpScreen['api']): string => psqlLine(role, passwordFile);
  const section = (title: string, lines: readonly string[]): string =>
    [paint.bold(title), ...lines.map((line) => `  ${line}`), ''].join('\n');
  return [
    paint.bold(
      `UP: ${plural(plan.workers, 'worker')} × ${shapeText(plan.pool)} can ${claimedText(budget)}; ${budget.usable} are usable of max_connections ${maxConnections}`,
    ),
    '',
    ...(plan.distance.rttMs === 0
      ? []
      : [
          `A round trip from the API to ${plan.pooler === null ? 'the database' : 'PgBouncer'} takes ${distanceText(plan.distance)}; what follows here connects directly.`,
          '',
        ]),
    section('One request', [`curl -si '${url}${WORKLOAD_PATH_PREFIX}point'`]),
    section(
      screen.loaded ? `The load of ${plan.workload}, ${loadText(plan)}, is running` : 'Exhaust it',
      screen.loaded
        ? []
        : [
            `seq ${requests} | xargs -P ${requests} -I{} curl -s -o /dev/null -w '%{http_code}\\n' '${url}${WORKLOAD_PATH_PREFIX}hold?ms=${HOLD_MS}' | sort | uniq -c`,
          ],
    ),
    section(
      // On a server that somebody else runs it is whoever was given.
      `Look at the server side, as ${superuser.user} (a storm can take its slots as well: then try again)`,
      [
        `${psql(superuser)} -c "SELECT application_name, state, count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1, 2 ORDER BY 1, 2"`,
      ],
    ),
    section('Be one connection too many, as the role of the API', [psql(api)]),
    ...(screen.pooler === null
      ? []
      : [
          section(`Look at PgBouncer ${screen.pooler.version} in between, at its console`, [
            `${psql({ ...screen.pooler.address, database: CONSOLE_DATABASE })} -c 'SHOW POOLS'`,
          ]),
        ]),
    section('Look at the pools', [
      `curl -s ${adminUrl}${ADMIN_PATHS.metrics}`,
      `curl -s ${adminUrl}${ADMIN_PATHS.stats}`,
    ]),
    ...(screen.prometheus === null ? [] : prometheusSections(screen.prometheus)).map(
      ({ title, lines }) => section(title, lines),
    ),
    ...carriesOverLines(screen.environment, networkOf(plan)).map((line) => lineText(line, style)),
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

/** Behind a pooler there are two limits, and the first that requests meet is that of its clients. */
function claimedText({ ceiling, clients }: Budget): string {
  return clients === null
    ? `open ${formatClaim(ceiling)}`
    : `be ${formatClaim(clients.ceiling)} clients where PgBouncer takes ${formatCount(clients.clients)}, and it opens ${formatClaim(ceiling)}`;
}

/** As many as the pools can have connections, and no more than make the point. */
function requestsToExhaust({ ceiling, clients }: Budget, maxConnections: number): number {
  const most = 2 * (clients?.clients ?? maxConnections);
  return Math.min((clients === null ? ceiling : clients.ceiling) ?? most, most);
}

/** libpq reads how to encrypt from its variables, as the server of the API does. */
function psqlLine(role: UpScreen['api'], passwordFile: string): string {
  const { host, hostAddress, port, user, database, sslMode, sslRootCert } = role;
  const variables = {
    PGPASSFILE: passwordFile,
    PGHOSTADDR: hostAddress,
    PGSSLMODE: sslMode,
    PGSSLROOTCERT: sslRootCert,
  };
  const set = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${shellWord(value)}`],
  );
  return `${set.join(' ')} psql -h ${shellWord(host)} -p ${port} -U ${shellWord(user)} ${shellWord(database)}`;
}
