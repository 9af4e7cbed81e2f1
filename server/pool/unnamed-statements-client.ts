import type { ClientConfig } from 'pg';
import { PoolClient, type PoolClientDeps } from './pool-client.ts';

/**
 * A client that sends every prepared statement without its name. A named one lives in the session that
 * parsed it, and behind a pooler in transaction mode the next transaction may get another session, which
 * does not have it (26000) or has it from somebody else (42P05). An unnamed one is parsed, bound and run in one
 * go; what is lost is that PostgreSQL parses and plans once only.
 */
export class UnnamedStatementsClient extends PoolClient {
  constructor(config: ClientConfig, deps: PoolClientDeps) {
    super(config, deps);
    const query: unknown = Reflect.get(PoolClient.prototype, 'query');
    if (typeof query !== 'function') throw new Error('the client of pg has no query()');
    // On the object: TypeScript has no way to override the eight signatures of pg's types by one function.
    Reflect.set(this, 'query', (asked: unknown, ...rest: readonly unknown[]): unknown =>
      Reflect.apply(query, this, [withoutName(asked), ...rest]),
    );
  }
}

/** Query configurations only: texts have no name, and what submits itself is no plain object. */
function withoutName(asked: unknown): unknown {
  if (typeof asked !== 'object' || asked === null) return asked;
  if (!('name' in asked) || 'submit' in asked) return asked;
  const { name: _, ...unnamed } = asked;
  return unnamed;
}
