import type { ClientBase } from 'pg';
import { activityBetween } from '../analysis/inspection/activity-between.ts';
import type { Observation, Unseen } from '../analysis/inspection/inspection.ts';
import { readLocks, readOldest } from '../postgres/inspection-lock-queries.ts';
import {
  type InspectedServer,
  readActivity,
  readApart,
  readHolders,
  readLimitsInUse,
  readServer,
  type SessionSample,
  sampleSessions,
} from '../postgres/inspection-queries.ts';
import { type RoleKind, usableSlots } from '../sizing/usable-slots.ts';
import { pause } from './pause.ts';

/** Enough to tell a state from a moment, and little enough for a server in trouble. */
const SAMPLE_EVERY_MS = 250;
/** More holders than a screen; the rest is told as a sum. */
const HOLDERS_MAX = 40;
/** From PostgreSQL 18 on a session is seen while it connects. */
const SEES_CONNECTING_MAJOR = 18;

/** How it is looked at. */
export interface InspectionRequest {
  readonly address: { readonly host: string; readonly port: number };
  readonly windowMs: number;
  /** An idle session counts as long idle from here on. */
  readonly longIdleMs: number;
  readonly signal: AbortSignal;
}

/**
 * One look: counts at the begin and the end of the window, samples in between, details at its end. The
 * connection is asked one question after the other, and waits in no transaction.
 */
export async function inspectDatabase(
  client: ClientBase,
  { address, windowMs, longIdleMs, signal }: InspectionRequest,
): Promise<Observation> {
  const takenAt = new Date().toISOString();
  const server = await readServer(client);
  const startedMs = performance.now();
  const before = await readActivity(client);
  const samples: SessionSample[] = [await sampleSessions(client)];
  for (let leftMs = windowMs; leftMs > 0; leftMs = windowMs - (performance.now() - startedMs)) {
    await pause(Math.min(SAMPLE_EVERY_MS, leftMs), signal);
    signal.throwIfAborted();
    samples.push(await sampleSessions(client));
  }
  const after = await readActivity(client);
  const durationMs = performance.now() - startedMs;
  const holding = await readHolders(client, {
    longIdleMs,
    youngMs: durationMs,
    holdersMax: HOLDERS_MAX,
  });
  const limits = await readLimitsInUse(client);
  const somebodyWaits = samples.some(({ lock_waits }) => lock_waits > 0);
  const locks = somebodyWaits ? await readLocks(client) : { roots: [], asked: 0 };
  const oldest = await readOldest(client);
  const { seesEverybody } = server.role;
  return {
    takenAt,
    server: { ...address, version: server.version, isStandby: server.isStandby },
    role: server.role,
    unseen: unseenOf(server, holding.total.states.unknown),
    window: { durationMs, samples: samples.length },
    slots: slotsOf(server, { used: holding.total.sessions, samples }),
    mean: meansOf(samples),
    longIdleMs,
    ...holding,
    ...limits,
    activity: {
      inWindow: activityBetween(before.activity, after.activity),
      sinceReset: after.activity,
      resetAt: after.resetAt,
    },
    locks,
    ...oldest,
    apart: seesEverybody ? await readApart(client) : null,
  };
}

function unseenOf({ version, role }: InspectedServer, unknown: number): Unseen[] {
  const unseen: Unseen[] = [];
  if (!role.seesEverybody) unseen.push('states_of_others');
  if (Number.parseInt(version, 10) < SEES_CONNECTING_MAJOR) unseen.push('connecting');
  if (role.seesEverybody && unknown > 0) unseen.push('activities_off');
  return unseen;
}

function slotsOf(
  { maxConnections, superuserReserved, reserved }: InspectedServer,
  { used, samples }: { readonly used: number; readonly samples: readonly SessionSample[] },
): Observation['slots'] {
  const settings = { maxConnections, superuserReserved, reserved };
  const leftFor = (role: RoleKind, others: number): number =>
    usableSlots({ ...settings, others, role });
  return {
    ...settings,
    usable: leftFor('ordinary', 0),
    used,
    left: {
      ordinary: leftFor('ordinary', used),
      reserved: leftFor('reserved', used),
      superuser: leftFor('superuser', used),
    },
    usedPeak: Math.max(used, ...samples.map((sample) => sample.used)),
  };
}

function meansOf(samples: readonly SessionSample[]): Observation['mean'] {
  const mean = (of: (sample: SessionSample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  return {
    active: mean((it) => it.active),
    idle: mean((it) => it.idle),
    idle_in_transaction: mean((it) => it.idle_in_transaction),
    starting: mean((it) => it.starting),
    unknown: mean((it) => it.unknown),
    lockWaits: mean((it) => it.lock_waits),
  };
}
