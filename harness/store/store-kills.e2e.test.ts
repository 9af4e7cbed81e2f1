import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { expandCells } from '../plan/sweep/cells.ts';
import { seededRandom } from '../seeded-random.ts';
import { DISK_FILES } from './disk-files.ts';
import { readRun } from './read-run.ts';
import { sha256 } from './sha256.ts';
import { sweepResultOfRun } from './sweep-result-of-run.ts';

const CHILD = fileURLToPath(new URL('./test/run-fake-sweep.ts', import.meta.url));
const KILLS = 200;
/** Two at a time are as many as a machine of two cores tells apart. */
const LANES = 2;
/**
 * A kill comes after so many of a run's 15 trials, counted from before the directory is touched, and then
 * at any point of the next one: a busy machine is slower, and killed as far on.
 */
const KILL_AFTER_TRIALS_MAX = 6;
const KILL_DELAY_MS_MAX = 8;

interface Attempts {
  readonly parent: string;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Kills of a process that had not come to its end. */
  kills: number;
  runsCompleted: number;
}

test('200 kills at any point of a sweep lose no trial, and count none twice', async (context) => {
  const failed = new AbortController();
  const attempts: Attempts = {
    parent: mkdtempSync(join(tmpdir(), 'pool-lab-kills-')),
    random: seededRandom(Date.now() % 2 ** 32),
    signal: AbortSignal.any([context.signal, failed.signal]),
    kills: 0,
    runsCompleted: 0,
  };
  try {
    // Only a process that ends keeps what it compiled, which makes all others start much faster.
    await runChild(join(attempts.parent, 'first'), { attempts, mortal: false });
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      killAgainAndAgain(attempts, lane).finally(() => {
        if (attempts.kills < KILLS) failed.abort();
      }),
    );
    const [failure] = (await Promise.allSettled(lanes)).filter(
      ({ status }) => status === 'rejected',
    );
    if (failure?.status === 'rejected') throw failure.reason;
  } finally {
    rmSync(attempts.parent, { recursive: true, force: true });
  }
  expect(attempts.kills).toBeGreaterThanOrEqual(KILLS);
  expect(attempts.runsCompleted).toBeGreaterThan(LANES);
});

/** Runs one after the other, each killed and resumed until it is complete. */
async function killAgainAndAgain(attempts: Attempts, lane: number): Promise<void> {
  for (let run = 0; attempts.kills < KILLS; run += 1) {
    const directory = join(attempts.parent, `lane-${lane}`, `run-${run}`);
    const told: string[] = [];
    for (let complete = false; !complete; ) {
      const said = await runChild(directory, { attempts, mortal: attempts.kills < KILLS });
      told.push(...Array.from(said.matchAll(/^measured (\S+)$/gm), ([, id]) => id ?? ''));
      complete = said.endsWith('end\n');
      if (!complete) attempts.kills += 1;
    }
    expectEachTrialOnce(directory, told);
    attempts.runsCompleted += 1;
  }
}

/** @returns what it wrote until it ended or was killed */
async function runChild(
  directory: string,
  {
    attempts: { parent, random, signal: stop },
    mortal,
  }: { readonly attempts: Attempts; readonly mortal: boolean },
): Promise<string> {
  stop.throwIfAborted();
  const child = spawn(process.execPath, [CHILD], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { RUN_DIRECTORY: directory, NODE_COMPILE_CACHE: join(parent, 'compiled') },
  });
  const kill = (): boolean => child.kill('SIGKILL');
  stop.addEventListener('abort', kill);
  const said = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  let linesToLive = mortal ? 1 + Math.floor(random() * KILL_AFTER_TRIALS_MAX) : Number.MAX_VALUE;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
    if (linesToLive > said.stdout.split('\n').length - 1) return;
    linesToLive = Number.MAX_VALUE;
    setTimeout(kill, random() * KILL_DELAY_MS_MAX);
  });
  const [code, signal] = await once(child, 'close');
  stop.removeEventListener('abort', kill);
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`it ended with ${code}: ${said.stderr}`);
  return said.stdout;
}

function expectEachTrialOnce(directory: string, told: readonly string[]): void {
  const run = readRun(directory, DISK_FILES);
  const ids = expandCells(run.plan).flatMap(({ id }) =>
    Array.from({ length: run.plan.rounds }, (_, index) => `${id}-r${index + 1}`),
  );
  const journal = readFileSync(join(directory, 'journal.jsonl'), 'utf8').trimEnd().split('\n');
  const measured = journal
    .map((line): { event: string; trial: string; sha256: string } => JSON.parse(line))
    .filter(({ event }) => event === 'measured');
  expect(measured.map(({ trial }) => trial).toSorted()).toEqual(ids.toSorted());
  for (const { trial, sha256: expected } of measured) {
    expect(sha256(readFileSync(join(directory, 'trials', `${trial}.json`)))).toBe(expected);
  }
  // What a process said before it was killed was never measured again.
  expect(told.length).toBe(new Set(told).size);
  expect(ids).toEqual(expect.arrayContaining([...told]));
  const result = sweepResultOfRun(run);
  expect(result.damage).toEqual([]);
  expect(result.trials).toMatchObject({ planned: ids.length, measured: ids.length, failed: 0 });
  expect(DISK_FILES.list(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
}
