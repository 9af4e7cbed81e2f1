/** What limits a trial: the first thing to change if it is to do more. */
export const BOTTLENECKS = [
  /** PostgreSQL refuses connections: no slot. */
  'exhaustion',
  /** Requests wait for a connection of the pool while PostgreSQL and the API have room. */
  'pool',
  /** A pooler before PostgreSQL: it refuses clients, has no connection for them, or no CPU. */
  'pooler',
  /** PostgreSQL itself: CPU, locks, disk. */
  'database',
  /** The API's single thread per worker. */
  'api_event_loop',
  /** The processors that a service of somebody's own runs on. */
  'service',
  /** The load generator: the measurement failed. */
  'generator',
  /** The machine's CPU, which something else has: neither the API nor PostgreSQL can show what they can. */
  'host',
  /** Nothing that is seen is at its limit, and of a service not enough is seen to say that the load is. */
  'unseen',
  /** Nothing is at its limit: the load asks for no more. */
  'none',
] as const;
export type BottleneckKind = (typeof BOTTLENECKS)[number];
