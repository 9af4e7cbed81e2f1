import type { Client } from 'pg';
import { AGING, AGING_SCHEMA } from '../analysis/cost/aging-work.ts';

/** Made once, by a superuser, for the API's role to work on. */
export async function prepareAging(owner: Client, role: string): Promise<void> {
  await owner.query(`DROP SCHEMA IF EXISTS ${AGING_SCHEMA} CASCADE`);
  await owner.query(`CREATE SCHEMA ${AGING_SCHEMA}`);
  await owner.query(`GRANT USAGE ON SCHEMA ${AGING_SCHEMA} TO ${role}`);
  // One statement a table, in one round trip: an ordinary application has so many, each with a key and an index.
  await owner.query(
    Array.from(
      { length: AGING.tables },
      (_, number) => `
        CREATE TABLE ${AGING_SCHEMA}.t${number} (
          id integer PRIMARY KEY, owner integer NOT NULL, state text NOT NULL,
          made timestamptz NOT NULL DEFAULT now(), note text);
        CREATE INDEX ON ${AGING_SCHEMA}.t${number} (owner, made);
        INSERT INTO ${AGING_SCHEMA}.t${number} (id, owner, state)
          SELECT n, n % 10, 'new' FROM generate_series(1, 100) n;
        GRANT SELECT, UPDATE ON ${AGING_SCHEMA}.t${number} TO ${role}`,
    ).join(';'),
  );
}

export async function removeAging(owner: Client): Promise<void> {
  await owner.query(`DROP SCHEMA IF EXISTS ${AGING_SCHEMA} CASCADE`);
}

/**
 * What a session of an ordinary application has done after a day, in a second: every table looked up,
 * joined and changed, statements prepared and run until their plans are kept, and large sorts and hashes
 * within work_mem. It is idle afterwards; what it has kept is what it has learnt.
 */
export async function age(client: Client): Promise<void> {
  for (let number = 0; number < AGING.tables; number += 1) {
    const [table, other] = [number, (number + 1) % AGING.tables].map(
      (it) => `${AGING_SCHEMA}.t${it}`,
    );
    await client.query(
      `SELECT a.id, b.note FROM ${table} a JOIN ${other} b USING (id)
       WHERE a.owner = 3 ORDER BY a.made DESC LIMIT 5`,
    );
  }
  for (let number = 0; number < AGING.preparedStatements; number += 1) {
    const table = `${AGING_SCHEMA}.t${number % AGING.tables}`;
    const statement = {
      name: `cost-${number}`,
      text: `UPDATE ${table} SET note = $1 WHERE id = $2 AND state = 'gone' RETURNING id, owner`,
    };
    // Five times with plans of its own; from the sixth on the one that is kept.
    for (let run = 0; run < 6; run += 1) {
      await client.query({ ...statement, values: ['none', run] });
    }
  }
  await client.query(
    `SELECT count(*) FROM (
       SELECT n, md5(n::text) AS hash FROM generate_series(1, ${AGING.sortedRows}) n ORDER BY 2
     ) sorted`,
  );
  await client.query(
    `SELECT count(*) FROM (
       SELECT n % 10000 AS bucket, count(*) FROM generate_series(1, ${AGING.sortedRows}) n GROUP BY 1
     ) grouped`,
  );
}
