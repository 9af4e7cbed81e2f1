import { expect, test } from 'vitest';
import { askOnce } from '../service/readiness.ts';
import { askedService, serviceDeps } from '../service/test/started-service.ts';
import { startServiceInstances } from './service-instances.ts';

const answerAt = (origin: string, path = '/') =>
  askOnce({ port: Number(new URL(origin).port), path, deadlineMs: 5_000 });
const never = new AbortController().signal;

test('in a deploy both run while the load goes over, then the second one alone', async () => {
  const instances = await startServiceInstances(askedService('serving'), serviceDeps());
  try {
    const first = instances.origin;
    await instances.replace(async (origin) => {
      expect(instances.origin).toBe(first);
      expect(origin).not.toBe(first);
      expect(await answerAt(first)).toMatchObject({ kind: 'status' });
      expect(await answerAt(origin)).toMatchObject({ kind: 'status' });
    }, never);
    expect(instances.origin).not.toBe(first);
    expect(await answerAt(first)).toEqual({ kind: 'refused' });
    expect(await answerAt(instances.origin)).toMatchObject({ kind: 'status' });
    expect(instances.processesPeak()).toBeGreaterThanOrEqual(2);
    expect(instances.ended.aborted).toBe(false);
  } finally {
    await instances.stop();
  }
});
