import { Readable } from 'node:stream';
import { LAB_SCHEMA, WORKLOAD_PARAMETERS } from '../contract.ts';
import {
  ClientAbortedError,
  type Hold,
  type RequestScope,
  releaseAfter,
} from '../http/request-scope.ts';
import { classify } from '../pool/classify-error.ts';
import type { WorkloadDefinition } from './workload.ts';

export interface StreamParams {
  readonly rows: number;
}

/** Rows a round trip: large enough that the answer is not made of round trips alone. */
const PAGE_ROWS = 500;

const DECLARE = `
  DECLARE lab_stream NO SCROLL CURSOR FOR
   SELECT id, kind, amount::float8 AS amount FROM ${LAB_SCHEMA}.events ORDER BY id LIMIT `;
const FETCH = `FETCH FORWARD ${PAGE_ROWS} FROM lab_stream`;

/**
 * Streams rows through a cursor and keeps connection and transaction for the whole response: a slow
 * reader at the far end holds a database connection. The first page is read before the headers, so
 * that a failed checkout is still a proper error; a later failure can only break the connection off.
 */
export const stream: WorkloadDefinition<StreamParams> = {
  name: 'stream',
  parameters: WORKLOAD_PARAMETERS.stream,
  async run({ rows }, scope) {
    const pages = readPages(rows, scope);
    const first = await pages.next();
    const lines = Readable.from(startingWith(first, pages), { objectMode: false });
    // Whoever hung up between the first page and the first byte leaves a stream nobody reads.
    scope.onAbort = () => lines.destroy();
    if (scope.aborted) lines.destroy();
    return lines;
  },
};

/** Ends on every path, also when its consumer leaves early, with the connection given back. */
async function* readPages(rows: number, scope: RequestScope): AsyncGenerator<string, void> {
  const hold = await scope.hold();
  let given = false;
  try {
    await hold.client.query('BEGIN');
    await hold.client.query(`${DECLARE}${rows}`);
    let pageRows = PAGE_ROWS;
    while (pageRows === PAGE_ROWS) {
      scope.throwIfAborted();
      const page = await hold.client.query(FETCH);
      pageRows = page.rows.length;
      if (pageRows > 0) yield page.rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    }
    await hold.client.query('COMMIT');
    given = true;
    hold.release();
  } catch (error) {
    given = true;
    throw await rolledBack(error, hold);
  } finally {
    // Reached without an error and without the end: the consumer stopped reading.
    if (!given) await rolledBack(new ClientAbortedError(), hold);
  }
}

async function rolledBack(error: unknown, hold: Hold): Promise<Error> {
  try {
    const usable = error instanceof ClientAbortedError || classify(error).connectionUsable;
    if (usable) await hold.client.query('ROLLBACK');
  } catch (rollbackError) {
    return releaseAfter(rollbackError, hold);
  }
  return releaseAfter(error, hold);
}

/**
 * Not a generator on purpose: one that was never started would end without ending `rest`, and
 * `rest` holds a connection.
 */
function startingWith(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void>,
): AsyncIterableIterator<string, void> {
  let pending: IteratorResult<string, void> | null = first;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const result = pending ?? (await rest.next());
      pending = null;
      return result;
    },
    return: () => rest.return(),
  };
}
