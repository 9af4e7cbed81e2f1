import { afterAll } from 'vitest';
import { awaitNoSurvivors, presentResources } from './survivors.ts';

/** Long enough for a graceful end that was started, too short to hide one that was forgotten. */
const SURVIVORS_DEADLINE_MS = 3_000;

/*
 * Runs once in the process of every test file, before its tests. The hook registered first runs
 * last, after the file's own clean-up.
 */
const baseline = presentResources();

afterAll(async () => {
  const survivors = await awaitNoSurvivors({ baseline, deadlineMs: SURVIVORS_DEADLINE_MS });
  if (survivors === null) return;
  const list = Object.entries(survivors).map(([name, count]) => `${count} × ${name}`);
  throw new Error(`this test file leaves behind: ${list.join(', ')}`);
}, SURVIVORS_DEADLINE_MS * 2);
