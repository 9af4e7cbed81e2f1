import type { Client } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';
import type { Transport } from '../plan/trial-plan.ts';

/** Settings a provider is asked to start PostgreSQL with. */
export interface PostgresSettings {
  readonly maxConnections: number;
  readonly superuserReservedConnections: number;
  readonly reservedConnections: number;
  /** How `api` and `superuser` of what is started are reached. */
  readonly transport: Transport;
  /** Any further `postgresql.conf` settings by name, e.g. `{ shared_buffers: '256MB' }`. */
  readonly extra: Readonly<Record<string, string>>;
}

/** What of a PostgreSQL is in the lab's hands; whoever needs one of these asks here, and not for the kind. */
export interface PostgresCapabilities {
  /** Each start may ask for settings: `max_connections` and the rest. */
  readonly setsSettings: boolean;
  /** It runs for this lab alone: whoever else is connected is the lab's own doing. */
  readonly isOwn: boolean;
  /** Its processes are on this machine and in sight: CPU time and memory can be read from /proc. */
  readonly showsProcesses: boolean;
  /** The monitor's role sees and may do everything: it is a superuser's. */
  readonly isSuperuser: boolean;
  /** It sees what the sessions of everybody do, and those that are still connecting. */
  readonly seesSessions: boolean;
}

/** A running PostgreSQL. Only `stop` ends it; a stopped one is not this type any more. */
export interface StartedPostgres {
  readonly capabilities: PostgresCapabilities;
  /** Ordinary NOSUPERUSER role: what the API connects with. */
  readonly api: DatabaseConfig;
  /** Superuser, or who comes closest: the monitor's and the seeding's connection. */
  readonly superuser: DatabaseConfig;
  /**
   * Open already, for the monitor to use: by it the server is this lab's alone, from before anything was done
   * until `stop`, which closes it. @default the monitor opens its own
   */
  readonly session?: Client;
  /** e.g. `18.4`. */
  readonly version: string;
  readonly settings: PostgresSettings;
  readonly timings: { readonly stageMs: number; readonly initMs: number; readonly readyMs: number };
  /** Process id of the postmaster, where it runs on this machine under our supervision. */
  readonly postmasterPid: number | null;
  readonly dataDirectory: string | null;
  /** Resolves when the server ends without having been asked to, with its last log lines. */
  readonly died: Promise<{ readonly lastLines: readonly string[] }>;
  /**
   * Connections that it refused for want of a slot since its start, by its own log, whoever asked; `null`: the log is
   * not the lab's to read, or its settings keep them out of it.
   */
  readonly refusals: (() => number) | null;
  /** Stops it and removes its data; resolves when nothing of it is left. Idempotent. */
  stop(): Promise<void>;
}

export interface PostgresProvider {
  readonly kind: 'embedded' | 'docker' | 'url';
  start(settings: PostgresSettings, signal: AbortSignal): Promise<StartedPostgres>;
}
