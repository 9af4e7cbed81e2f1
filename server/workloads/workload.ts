import type { Readable } from 'node:stream';
import type { Workload } from '../contract.ts';
import type { RequestScope } from '../http/request-scope.ts';

/** JSON Schema of one query parameter, with the default that makes it optional. */
export type ParameterSchema =
  | {
      readonly type: 'integer' | 'number';
      readonly minimum: number;
      readonly maximum: number;
      readonly default: number;
      readonly description: string;
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly description: string }
  | {
      readonly type: 'string';
      readonly enum: readonly string[];
      readonly default: string;
      readonly description: string;
    };

/** A JSON value, or a stream of JSON lines that holds its connection until its end. */
export type WorkloadAnswer = Readonly<Record<string, unknown>> | Readable;

/** A named way of using the database: parameters with bounds, and what one request does. */
export interface WorkloadDefinition<Params> {
  readonly name: Workload;
  /** One schema a parameter; anything else in the query string is refused. */
  readonly parameters: { readonly [Name in keyof Params & string]: ParameterSchema };
  run(params: Params, scope: RequestScope): Promise<WorkloadAnswer>;
}

/** Longest time a parameter may ask for, so that no request outlives a trial's drain. */
export const WORKLOAD_MS_MAX = 60_000;
