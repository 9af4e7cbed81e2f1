import { Client } from 'pg';
import { expect, inject, test } from 'vitest';

test('the shared server answers the ordinary role', async () => {
  const client = new Client(inject('postgres').api);
  await client.connect();
  const { rows } = await client.query('SHOW max_connections');
  await client.end();
  expect(rows).toEqual([{ max_connections: '100' }]);
});
