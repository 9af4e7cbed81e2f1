import { expect, test } from 'vitest';
import type { ScannedProcess } from './process-scan.ts';
import { createServiceTree } from './service-tree.ts';

const ROOT = { pid: 100, startToken: '1000' };

function entry(
  pid: number,
  given: {
    readonly parent?: number;
    readonly start?: number;
    readonly group?: number;
    readonly session?: number;
    readonly ownMs?: number;
    readonly waitedForMs?: number;
  } = {},
): ScannedProcess {
  const { parent = 1, start = 1000 + pid - 100, group = pid, ownMs = 0, waitedForMs = 0 } = given;
  const { session = group } = given;
  return {
    pid,
    startToken: String(start),
    parentPid: parent,
    place: { groupId: group, sessionId: session, startTicks: start },
    cpu: { ownMs, waitedForMs },
  };
}

/** A tree over a machine that is given look by look. */
function treeOver(looks: readonly (readonly ScannedProcess[])[], marked: readonly number[] = []) {
  let at = -1;
  const tree = createServiceTree(
    { root: ROOT, marker: 'unused', limit: null },
    {
      scan: () => {
        at += 1;
        return looks[Math.min(at, looks.length - 1)] ?? [];
      },
      isMarked: (pid) => marked.includes(pid),
    },
  );
  const pids = (): readonly number[] => tree.look().map(({ pid }) => pid);
  return { tree, pids };
}

const ME = entry(100, { group: 100 });

test('children, the group, the session and the marked belong to it; others, and who was there before, do not', () => {
  const { pids } = treeOver(
    [
      [
        ME,
        entry(101, { parent: 100 }),
        entry(102, { parent: 101 }),
        entry(103, { group: 100 }),
        entry(104),
        entry(105),
        entry(106, { session: 100 }),
        entry(50, { start: 10, group: 100 }),
      ],
    ],
    [104],
  );
  expect(pids()).toEqual([100, 101, 102, 103, 104, 106]);
});

test('who was seen once stays, without parent, group or marker', () => {
  const { pids, tree } = treeOver([
    [ME, entry(101, { parent: 100 })],
    [ME, entry(101)],
    [entry(101)],
  ]);
  expect([pids(), pids(), pids()]).toEqual([[100, 101], [100, 101], [101]]);
  expect(tree.living()).toMatchObject([{ pid: 101, isStray: true }]);
});

test('who leaves the group unmarked has to be guarded by itself from then on', () => {
  const { pids, tree } = treeOver([
    [ME, entry(101, { group: 100 })],
    [ME, entry(101)],
  ]);
  pids();
  expect(tree.living().map(({ isStray }) => isStray)).toEqual([false, false]);
  pids();
  expect(tree.living().map(({ isStray }) => isStray)).toEqual([false, true]);
});

test('a recycled pid is somebody else, and so is its group', () => {
  const { pids } = treeOver([
    [ME, entry(101, { parent: 100 })],
    [
      entry(101, { start: 5000 }),
      entry(100, { start: 4000 }),
      entry(102, { group: 100, start: 4001 }),
    ],
  ]);
  expect([pids(), pids()]).toEqual([[100, 101], []]);
});

test('the group goes on without its leader', () => {
  const { pids } = treeOver([[ME], [entry(101, { group: 100 })]]);
  expect([pids(), pids()]).toEqual([[100], [101]]);
});

test.runIf(process.platform === 'linux')(
  'its time is that of all, those included that ended',
  () => {
    const { tree } = treeOver([
      [
        entry(100, { group: 100, ownMs: 10 }),
        entry(101, { parent: 100, ownMs: 20 }),
        entry(102, { ownMs: 40, group: 100 }),
      ],
      // One was waited for by its parent, which has its time; the other had none here.
      [entry(100, { group: 100, ownMs: 10, waitedForMs: 25 })],
      [],
    ]);
    expect([tree.cpuMs(), tree.cpuMs(), tree.cpuMs()]).toEqual([70, 75, 75]);
    expect(tree.peak).toBe(3);
  },
);
