import type { BottleneckKind } from '../analysis/verdict/bottleneck-kinds.ts';

/** Each bottleneck as it stands in a sentence: "limited by …". */
export const BOTTLENECK_WORDS: Readonly<Record<BottleneckKind, string>> = {
  exhaustion: "PostgreSQL's slots",
  pool: 'the pools',
  pooler: 'PgBouncer',
  database: 'PostgreSQL',
  api_event_loop: "the API's event loop",
  service: "the service's own CPU",
  generator: 'the load generator',
  host: 'this machine, whose CPU something else has',
  unseen: 'the load, or what does not show from outside',
  none: 'the load alone',
};
