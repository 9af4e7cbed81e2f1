import { expect, test } from 'vitest';
import { NO_DISTANCE } from '../plan/distance.ts';
import { hashPlan, planFileText, readPlanFile } from './plan-file.ts';
import { createFakeMachine } from './test/fake-machine.ts';
import { createMemoryFiles } from './test/memory-files.ts';
import { MACHINE, samplePlan } from './test/sample-run.ts';

test('a plan of before there was a distance is read as one without, under its own hash', () => {
  const stored = JSON.parse(
    planFileText({ plan: samplePlan(), machine: MACHINE, createdAt: new Date(0) }),
  );
  stored.plan.axes.dbRttMs = undefined;
  stored.plan.base.distance = undefined;
  const older = JSON.parse(JSON.stringify(stored));
  older.planHash = hashPlan(older.plan);
  const disk = createMemoryFiles();
  disk.put('/runs/plan.json', JSON.stringify(older));
  const { files } = createFakeMachine().start(disk).store;

  const { plan, planHash } = readPlanFile('/runs', files);
  expect(plan.base.distance).toEqual(NO_DISTANCE);
  expect(plan.axes.dbRttMs).toEqual([0]);
  expect(planHash).toBe(older.planHash);
});
