import type { PoolKind, PoolShape } from '../../server/contract.ts';

/**
 * What clients that each hold one connection at a time can make the pools open at most. It can be
 * more than there are clients: they move from worker to worker, and leave idle connections behind.
 */
export function reachableConnections(
  pool: PoolShape & { readonly kind: PoolKind },
  workers: number,
  clients: number,
): number {
  if (pool.kind === 'null') return clients;
  const bounded = pool.poolSize > 0 && pool.maxOverflow >= 0;
  const most = Math.min(
    bounded ? pool.poolSize + pool.maxOverflow : Number.POSITIVE_INFINITY,
    clients,
  );
  const keepsAll = pool.kind === 'plain' || pool.poolSize === 0;
  const kept = keepsAll ? most : Math.min(pool.poolSize, most);
  // The worst case is uneven: some workers full, with as many clients, the others idle.
  const full = Math.min(workers, Math.floor(clients / most));
  const rest = full === workers ? 0 : clients - full * most;
  return workers * kept + full * (most - kept) + Math.max(0, rest - kept);
}

/** A server counts a connection until it has seen its end, and without a pool the next one comes at once. */
const COUNTED_PER_CALLER = 2;

/** What a server, or a pooler, may count of connections that are open at once. */
export function countedConnections(kind: PoolKind, opened: number): number {
  return kind === 'null' ? opened * COUNTED_PER_CALLER : opened;
}
