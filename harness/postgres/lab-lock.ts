import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { z } from 'zod';
import { MONITOR_APPLICATION_NAME } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { NOT_THIS_ONE } from './inspection-sql.ts';

/** Key pair of the advisory lock of a lab at work: `pool`, `-lab` in ASCII. */
const LAB_LOCK = { class: 0x706f_6f6c, object: 0x2d6c_6162 } as const;

/** The session of a lab that was refused, or has ended, is gone a moment after it. */
const GONE_MS = 2_000;
const POLL_MS = 50;

const lockedSchema = z.object({ locked: z.boolean() });
const sessionsSchema = z.object({ sessions: z.coerce.number().int() });

/**
 * Makes the server this lab's alone, for as long as the session lasts: PostgreSQL lets go of the lock when
 * the session ends, however it does. Two labs would count each other's connections as their own, and change
 * the password of each other's role.
 *
 * A lock is one database's, roles and slots are the whole server's: in other databases a lab is known by its
 * monitor's session. Two that begin at one moment in two databases may both be refused.
 *
 * @param client whose session is named as the monitor's
 * @throws LabError REFUSED_SHARED_DATABASE
 */
export async function holdServer(client: ClientBase, signal: AbortSignal): Promise<void> {
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1, $2) AS locked', [
    LAB_LOCK.class,
    LAB_LOCK.object,
  ]);
  if (!lockedSchema.parse(rows[0]).locked) throw anotherLab();
  const deadlineMs = performance.now() + GONE_MS;
  while ((await otherMonitors(client)) > 0) {
    if (performance.now() >= deadlineMs) throw anotherLab();
    await delay(POLL_MS, undefined, { signal });
  }
}

async function otherMonitors(client: ClientBase): Promise<number> {
  const { rows } = await client.query(
    `SELECT count(*) AS sessions FROM pg_stat_activity a
      WHERE application_name = $1 AND ${NOT_THIS_ONE}`,
    [MONITOR_APPLICATION_NAME],
  );
  return sessionsSchema.parse(rows[0]).sessions;
}

/** Whoever begins here next is refused, until this lab has ended. */
export function anotherLab(): LabError {
  return new LabError('REFUSED_SHARED_DATABASE', {
    message: 'another pool-lab is at work on this PostgreSQL',
    hint: 'stop it, or drive the API that it started: run --target … --target-admin …',
  });
}
