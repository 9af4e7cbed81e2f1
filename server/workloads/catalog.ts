import type { ParameterSchema, Workload } from '../contract.ts';
import type { RequestScope } from '../http/request-scope.ts';
import { fanOut } from './fan-out.ts';
import { hold } from './hold.ts';
import { hot } from './hot.ts';
import { createMixed } from './mixed.ts';
import { point } from './point.ts';
import { remoteCall } from './remote-call.ts';
import { report } from './report.ts';
import { stream } from './stream.ts';
import type { WorkloadAnswer, WorkloadDefinition } from './workload.ts';

/** A workload as the routes see it: what its parameters are was checked by its own schema. */
export interface CatalogEntry {
  readonly name: Workload;
  readonly querySchema: QuerySchema;
  run(params: unknown, scope: RequestScope): Promise<WorkloadAnswer>;
}

export interface QuerySchema {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly properties: Readonly<Record<string, ParameterSchema>>;
}

/** Every workload of the contract, exactly once: a missing one does not compile. */
export function createCatalog(): readonly CatalogEntry[] {
  const byName: Readonly<Record<Workload, CatalogEntry>> = {
    point: entryOf(point),
    hot: entryOf(hot),
    report: entryOf(report),
    hold: entryOf(hold),
    'remote-call': entryOf(remoteCall),
    stream: entryOf(stream),
    'fan-out': entryOf(fanOut),
    mixed: entryOf(createMixed()),
  };
  return Object.values(byName);
}

function entryOf<Params>(workload: WorkloadDefinition<Params>): CatalogEntry {
  return {
    name: workload.name,
    querySchema: {
      type: 'object',
      additionalProperties: false,
      properties: workload.parameters,
    },
    // The validator has applied `querySchema`, which names every field of Params with its default.
    // biome-ignore lint/nursery/noUnsafeTypeAssertion: this is the parser's last step.
    run: (params, scope) => workload.run(params as Params, scope),
  };
}
