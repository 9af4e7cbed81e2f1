import type { ServerStats } from '../../server/contract.ts';
import type { Api } from './driven-api.ts';
import { pause } from './pause.ts';
import type { WindowAccount } from './window-account.ts';

const SETTLE_ATTEMPTS = 20;
const SETTLE_PAUSE_MS = 25;

/** An API of this project counts by itself; read before the window and, with nothing in flight, after it. */
export async function openApiAccount(
  api: Pick<Api, 'stats' | 'deaths'>,
  signal: AbortSignal,
): Promise<WindowAccount> {
  const before = await api.stats();
  const deathsBefore = api.deaths.length;
  return {
    end: async () => ({
      account: { before, after: await settledStats(api, signal) },
      deaths: api.deaths.slice(deathsBefore),
      service: null,
    }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/**
 * The account of a moment with nothing in flight. A client has its last byte before the server has
 * counted the request as finished, so the first look may come too early.
 */
async function settledStats(api: Pick<Api, 'stats'>, signal: AbortSignal): Promise<ServerStats> {
  for (let attempt = 1; ; attempt += 1) {
    const stats = await api.stats();
    const busy = stats.workers.some(({ alive, http }) => alive && http.inFlight > 0);
    if (!busy || attempt === SETTLE_ATTEMPTS) return stats;
    await pause(SETTLE_PAUSE_MS, signal);
  }
}
