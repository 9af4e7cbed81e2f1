import type { Readable } from 'node:stream';
import type { ParameterSchema, Workload } from '../contract.ts';
import type { RequestScope } from '../http/request-scope.ts';

/** A JSON value, or a stream of JSON lines that holds its connection until its end. */
export type WorkloadAnswer = Readonly<Record<string, unknown>> | Readable;

/** A named way of using the database: parameters with bounds, and what one request does. */
export interface WorkloadDefinition<Params> {
  readonly name: Workload;
  /** One schema a parameter; anything else in the query string is refused. */
  readonly parameters: { readonly [Name in keyof Params & string]: ParameterSchema };
  run(params: Params, scope: RequestScope): Promise<WorkloadAnswer>;
}
