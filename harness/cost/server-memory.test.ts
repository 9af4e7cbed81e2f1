import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readServerMemory } from './server-memory.ts';

const made: string[] = [];
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true });
});

interface FakeProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly pssKib: number;
  /** In its container. @default the same */
  readonly innerPid?: number;
}

function proc(processes: readonly FakeProcess[]): string {
  const path = mkdtempSync(join(tmpdir(), 'server-memory-'));
  made.push(path);
  for (const { pid, parentPid, pssKib, innerPid } of processes) {
    mkdirSync(join(path, String(pid)));
    const inner = innerPid === undefined ? '' : `\t${innerPid}`;
    writeFileSync(
      join(path, String(pid), 'status'),
      `Name:\tpostgres\nPPid:\t${parentPid}\nVmPTE:\t      16 kB\nNSpid:\t${pid}${inner}\n`,
    );
    writeFileSync(
      join(path, String(pid), 'smaps_rollup'),
      `5f-7f ---p 00000000 00:00 0  [rollup]\nRss:  ${10 * pssKib} kB\nPss:  ${pssKib} kB\nPss_Anon:  9 kB\nPrivate_Clean:  1 kB\nPrivate_Dirty:  2 kB\n`,
    );
  }
  return path;
}

const POSTMASTER = { pid: 100, parentPid: 1, pssKib: 500 };
const KIB = 1_024;

test('sessions are summed, and with everything else of PostgreSQL as well', () => {
  const procPath = proc([
    POSTMASTER,
    { pid: 101, parentPid: 100, pssKib: 30 },
    { pid: 102, parentPid: 100, pssKib: 1_000 },
    { pid: 103, parentPid: 100, pssKib: 2_000 },
    { pid: 200, parentPid: 1, pssKib: 9_999 },
  ]);
  expect(readServerMemory({ postmasterPid: 100, backends: new Set([102, 103]) }, procPath)).toEqual(
    {
      backends: 2,
      ofBackends: {
        ...{ pssBytes: 3_000 * KIB, rssBytes: 30_000 * KIB },
        ...{ privateBytes: 6 * KIB, pageTableBytes: 32 * KIB },
      },
      ofServer: expect.objectContaining({ pssBytes: 3_530 * KIB }),
    },
  );
});

test('sessions in a container are found by what PostgreSQL there calls them', () => {
  const procPath = proc([
    { ...POSTMASTER, innerPid: 1 },
    { pid: 4_711, parentPid: 100, pssKib: 1_000, innerPid: 60 },
  ]);
  expect(readServerMemory({ postmasterPid: 100, backends: new Set([60]) }, procPath)).toMatchObject(
    { backends: 1, ofBackends: { pssBytes: 1_000 * KIB } },
  );
});

test('sessions that are not in sight are no zero', () => {
  const procPath = proc([POSTMASTER, { pid: 101, parentPid: 100, pssKib: 30 }]);
  expect(readServerMemory({ postmasterPid: 100, backends: new Set([101, 102]) }, procPath)).toBe(
    `1 of 2 sessions were not among the processes of ${procPath}`,
  );
});

test('a system without /proc is told', () => {
  expect(readServerMemory({ postmasterPid: 100, backends: new Set([1]) }, '/nowhere/proc')).toMatch(
    /\(ENOENT\)/,
  );
});
