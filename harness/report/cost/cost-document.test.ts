import { expect, test } from 'vitest';
import { costJsonSchema } from './cost-document.ts';

test('the published JSON Schema is the one that checks results (vitest -u renews it)', async () => {
  await expect(costJsonSchema()).toMatchFileSnapshot('cost.schema.json');
});
