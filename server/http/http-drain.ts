import type { Server as HttpServer } from 'node:http';
import { Server as NetServer } from 'node:net';

/**
 * Idle keep-alive connections are left open this long at first. A client that is between two
 * requests sends the next one into an answer with `Connection: close`, instead of into a socket
 * that was closed under it.
 */
const QUIET_MS_MAX = 500;
/** How often connections that have become idle are closed afterwards. */
const SWEEP_INTERVAL_MS = 20;

/**
 * Stops accepting, then waits until every connection has ended: those in use after their answer
 * (the application adds `Connection: close`), idle ones after the quiet time, all at `graceMs`.
 */
export function drainHttp(server: HttpServer, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const quietMs = Math.min(QUIET_MS_MAX, graceMs / 2);
    let sweep: NodeJS.Timeout | undefined;
    const quiet = setTimeout(() => {
      sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL_MS);
    }, quietMs);
    const grace = setTimeout(() => server.closeAllConnections(), graceMs);
    // Not `http.Server.close`, which closes the idle connections at once.
    NetServer.prototype.close.call(server, () => {
      clearTimeout(quiet);
      clearTimeout(grace);
      clearInterval(sweep);
      resolve();
    });
  });
}
