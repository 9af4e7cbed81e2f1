/** Names of Grafana's own palette, which has them in shades for its light and its dark theme. */
export type Colour =
  | 'green'
  | 'yellow'
  | 'orange'
  | 'red'
  | 'dark-red'
  | 'blue'
  | 'light-blue'
  | 'purple'
  | 'text';

/** Bounds that must not be reached. */
export const LIMIT_COLOUR: Colour = 'red';

/** `state` of a pool's connections. */
export const POOL_STATE_COLOURS = {
  idle: 'blue',
  used: 'orange',
} as const satisfies Record<string, Colour>;

/** Whose a session is, where it is no worker's, and what nobody but a superuser can have. */
export const OWNER_COLOURS = {
  monitor: 'light-blue',
  others: 'purple',
  unknown: 'yellow',
  reserved: 'text',
} as const satisfies Record<string, Colour>;

/** `state` of PostgreSQL's sessions. */
export const SESSION_STATE_COLOURS = {
  active: 'green',
  idle: 'blue',
  idle_in_transaction: 'red',
  idle_in_transaction_aborted: 'dark-red',
  starting: 'yellow',
  other: 'text',
} as const satisfies Record<string, Colour>;

/** `wait_event_type` of active sessions; the rarer ones take a colour of Grafana's choice. */
export const WAIT_EVENT_COLOURS = {
  none: 'green',
  Client: 'yellow',
  IO: 'purple',
  LWLock: 'orange',
  Lock: 'red',
} as const satisfies Record<string, Colour>;

/** Parts of the lab that compete for the CPU. */
export const CPU_PART_COLOURS = {
  postgresql: 'blue',
  api: 'orange',
  generator: 'purple',
} as const satisfies Record<string, Colour>;
