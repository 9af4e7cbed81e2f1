import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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
/** From the moment before it touches the directory. A whole run takes about as long. */
const KILL_AFTER_MS_MAX = 80;
const DEADLINE_MS = 60_000;

interface Landed {
  /** Kills of a process that had not come to its end. */
  kills: number;
  runsCompleted: number;
}

test(
  '200 kills at any point of a sweep lose no trial, and count none twice',
  async () => {
    const parent = mkdtempSync(join(tmpdir(), 'pool-lab-kills-'));
    const random = seededRandom(Date.now() % 2 ** 32);
    const landed: Landed = { kills: 0, runsCompleted: 0 };
    try {
      await Promise.all(
        Array.from({ length: LANES }, (_, lane) =>
          killAgainAndAgain(parent, { lane, random, landed }),
        ),
      );
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
    expect(landed.kills).toBeGreaterThanOrEqual(KILLS);
    expect(landed.runsCompleted).toBeGreaterThan(LANES);
  },
  DEADLINE_MS,
);

/** Runs one after the other, each killed and resumed until it is complete. */
async function killAgainAndAgain(
  parent: string,
  {
    lane,
    random,
    landed,
  }: { readonly lane: number; readonly random: () => number; landed: Landed },
): Promise<void> {
  for (let run = 0; landed.kills < KILLS; run += 1) {
    const directory = join(parent, `lane-${lane}`, `run-${run}`);
    const told: string[] = [];
    for (let complete = false; !complete; ) {
      const enough = landed.kills >= KILLS;
      const said = await runChild(directory, {
        parent,
        killAfterMs: enough ? null : random() * KILL_AFTER_MS_MAX,
      });
      told.push(...Array.from(said.matchAll(/^measured (\S+)$/gm), ([, id]) => id ?? ''));
      complete = said.includes('end\n');
      if (!complete) landed.kills += 1;
    }
    expectEachTrialOnce(directory, told);
    landed.runsCompleted += 1;
  }
}

/** @returns what it wrote until it ended or was killed */
async function runChild(
  directory: string,
  { parent, killAfterMs }: { readonly parent: string; readonly killAfterMs: number | null },
): Promise<string> {
  const child = spawn(process.execPath, [CHILD], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { RUN_DIRECTORY: directory, NODE_COMPILE_CACHE: join(parent, 'compiled') },
  });
  let [stdout, stderr] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>(
    (resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (stdout === '' && killAfterMs !== null) void killLater(child, killAfterMs);
        stdout += text;
      });
      child.on('close', (code, signal) => resolve({ code, signal }));
    },
  );
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`it ended with ${code}: ${stderr}`);
  return stdout;
}

async function killLater(child: ChildProcess, afterMs: number): Promise<void> {
  await delay(afterMs);
  child.kill('SIGKILL');
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
