/** Where each cause begins. Data, so that a result can be judged by others. */
export interface CauseBounds {
  /** Slots, or connections of a limited role or database, are short when less than this share is left. */
  readonly leftShareShort: number;
  /** Sessions that wait for a lock, on average over the samples. */
  readonly lockWaits: number;
  /** Idle in transaction, as a share of what is usable, and in sessions. */
  readonly idleInTransactionShare: number;
  readonly idleInTransactionSessions: number;
  /** One is enough when it is this old. */
  readonly idleInTransactionMs: number;
  readonly stormPerSecond: number;
  /** And no fewer in the window, however short it is. */
  readonly stormSessions: number;
  /** Sessions that are connecting, as a share of what is usable, and in sessions. */
  readonly startingShare: number;
  readonly startingSessions: number;
  /** From here on an idle session may be one that was never given back. */
  readonly longIdleMs: number;
  /** Such ones, as a share of what is short. */
  readonly longIdleShare: number;
  /** Opened in the window by whoever has such ones: from here on they are not used any more. */
  readonly leakOpenedSessions: number;
  /** A holder is a fleet without work when this share of its sessions is idle. */
  readonly fleetIdleShare: number;
  /** Such fleets together, as a share of what is short. */
  readonly fleetShare: number;
  /** At work, as a share of all sessions. */
  readonly busyShare: number;
}

export const CAUSE_BOUNDS: CauseBounds = {
  // Where the alert rules begin as well: a rolling deploy of the usual 25 % does not fit any more.
  leftShareShort: 0.2,
  // Two may meet by chance at any moment; three on average are a queue.
  lockWaits: 3,
  // A tenth of the slots doing nothing but holding locks is worth a look on any server. One session
  // on a tiny server is somebody typing.
  idleInTransactionShare: 0.1,
  idleInTransactionSessions: 2,
  // Nothing that is meant to be fast is silent for five minutes between two statements.
  idleInTransactionMs: 300_000,
  // A pool connects when it starts and when connections reach their age. Twenty each second cost a tenth of
  // a core and more, and mean that something connects for each request, or again and again.
  stormPerSecond: 20,
  stormSessions: 20,
  startingShare: 0.1,
  startingSessions: 2,
  // The usual pools close what is idle for ten minutes (HikariCP, Npgsql's five), or keep a few.
  longIdleMs: 600_000,
  longIdleShare: 0.25,
  // A pool takes what is idle before it opens another. One may replace a connection that became too old.
  leakOpenedSessions: 2,
  fleetIdleShare: 0.8,
  fleetShare: 0.5,
  busyShare: 0.5,
};
