import { expect, test } from 'vitest';
import { inspectionJsonSchema } from './inspection-document.ts';

test('the published JSON Schema is the one that checks results (vitest -u renews it)', async () => {
  await expect(inspectionJsonSchema()).toMatchFileSnapshot('inspection.schema.json');
});
