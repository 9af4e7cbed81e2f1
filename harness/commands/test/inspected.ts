import { Client } from 'pg';
import { inject, onTestFinished } from 'vitest';
import type { DatabaseConfig } from '../../../server/contract.ts';
import { CAUSE_BOUNDS, type CauseBounds } from '../../analysis/inspection/cause-bounds.ts';
import { type Inspection, judgeInspection } from '../../analysis/inspection/judged-inspection.ts';
import { withInspectionSession } from '../../postgres/inspection-session.ts';
import { inspectionTerminal } from '../../report/inspection/inspection-terminal.ts';
import { createPaint } from '../../report/paint.ts';
import { inspectDatabase } from '../../runner/inspect-database.ts';

const { superuser } = inject('postgres');
export const PASSWORD = 'canary-of-inspect-7Q';
/** The shortest there is: situations are held, and need no time to be seen. */
const WINDOW_MS = 100;

/** One look, judged by bounds that a few sessions reach. */
export async function look(
  bounds: Partial<CauseBounds> = {},
  address: DatabaseConfig = superuser,
): Promise<Inspection> {
  const judgedBy = { ...CAUSE_BOUNDS, ...bounds };
  return await withInspectionSession(address, async (client) => {
    const observation = await inspectDatabase(client, {
      address: superuser,
      windowMs: WINDOW_MS,
      longIdleMs: judgedBy.longIdleMs,
      signal: new AbortController().signal,
    });
    return judgeInspection(observation, { thresholds: [], bounds: judgedBy });
  });
}

/** What is printed, with each run of white space as one blank. */
export function textOf(inspection: Inspection): string {
  const style = { columns: 100, paint: createPaint(false) };
  return inspectionTerminal(inspection, style).replace(/\s+/g, ' ');
}

/** A session of some application, ended with the test. */
export async function session(
  application: string,
  options: Partial<DatabaseConfig> = {},
): Promise<Client> {
  const client = new Client({ ...superuser, ...options, application_name: application });
  client.on('error', () => {
    // A database that is dropped with force ends its sessions.
  });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

export async function sessions(
  count: number,
  application: string,
  options: Partial<DatabaseConfig> = {},
) {
  return await Promise.all(Array.from({ length: count }, () => session(application, options)));
}

/** Runs now, and its opposite when the test is over and its sessions are gone. */
export async function during(now: string, afterwards: string): Promise<void> {
  const admin = new Client(superuser);
  await admin.connect();
  onTestFinished(async () => {
    await admin.query(afterwards);
    await admin.end();
  });
  await admin.query(now);
}

/** An ordinary role that may log in. */
export async function role(name: string, more = ''): Promise<DatabaseConfig> {
  await during(`CREATE ROLE ${name} LOGIN PASSWORD '${PASSWORD}' ${more}`, `DROP ROLE ${name}`);
  return { ...superuser, user: name, password: PASSWORD };
}

export async function eventually<T>(
  read: () => Promise<T>,
  enough: (value: T) => boolean,
): Promise<T> {
  const deadlineMs = performance.now() + 5_000;
  for (;;) {
    const value = await read();
    if (enough(value) || performance.now() > deadlineMs) return value;
  }
}

let watching: Promise<Client> | null = null;

/** The test's own eye, one for each test. */
export function watcher(): Promise<Client> {
  if (watching === null) {
    onTestFinished(() => {
      watching = null;
    });
  }
  watching ??= session('watcher');
  return watching;
}
