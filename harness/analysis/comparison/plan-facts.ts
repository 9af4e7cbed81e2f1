import { printDatabaseFault } from '../../plan/database-fault-parser.ts';
import { NO_DISTANCE } from '../../plan/distance.ts';
import { printStages } from '../../plan/rate-parser.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import type { Environment } from '../trial-machine.ts';

export type FactValue = string | number | boolean | null;
/** One value a facet of a measurement has, by its path, e.g. `pool.poolSize`. */
export type Facts = ReadonlyMap<string, FactValue>;

/**
 * Everything that decided what a cell was measured as, each value under its path. Left out is what
 * changes no request: thresholds only judge, and the seed is the rounds' matter. So is what says nothing
 * in its configuration: the shape of no pool, the jitter of no network, and the duration that an open load's stages add up to.
 */
export function planFacts(plan: TrialPlan): Facts {
  const { seed: _seed, thresholds: _thresholds, abortOnFail: _abortOnFail, ...rest } = plan;
  const { model, ...load } = rest.load;
  const facts = flattened({
    ...rest,
    sql: sqlFacts(rest.sql),
    faults: rest.faults.length === 0 ? null : rest.faults.map(printDatabaseFault).join(' '),
    load: {
      ...load,
      model: model.kind === 'open' ? { ...model, stages: printStages(model.stages) } : model,
    },
  });
  if (plan.pool.kind === 'null') {
    facts.delete('pool.poolSize');
    facts.delete('pool.maxOverflow');
  }
  // Its hash says what was in it, wherever it lies.
  facts.delete('requests.data.path');
  // None on the other side is a difference of its own, which its settings only explain.
  if (plan.pooler !== null) facts.set('pooler', 'pgbouncer');
  if (plan.distance.rttMs === 0) {
    facts.set('distance.jitterMs', NO_DISTANCE.jitterMs);
    facts.set('distance.bandwidthMbit', NO_DISTANCE.bandwidthMbit);
  }
  if (model.kind === 'open') facts.delete('durationMs');
  return facts;
}

/** By hashes: what a file is called where it lies says nothing, and its text too much. */
function sqlFacts(sql: TrialPlan['sql']): object | null {
  if (sql === null) return null;
  const { scripts, schema, seed, ...rest } = sql;
  return {
    ...rest,
    script: Object.fromEntries(scripts.map(({ name, sha256 }) => [name, shortHash(sha256)])),
    schema: schema === null ? null : shortHash(schema.sha256),
    seed: seed === null ? null : shortHash(seed.sha256),
  };
}

const HASH_CHARACTERS = 12;
const shortHash = (sha256: string): string => `sha256 ${sha256.slice(0, HASH_CHARACTERS)}`;

/** Where and with what it was measured, under `environment.`. */
export function environmentFacts(environment: Environment): Facts {
  return flattened({ environment });
}

function flattened(value: object, prefix = ''): Map<string, FactValue> {
  const facts = new Map<string, FactValue>();
  for (const [name, inner] of Object.entries(value)) {
    const path = `${prefix}${name}`;
    if (isScalar(inner)) facts.set(path, inner);
    else if (Array.isArray(inner)) facts.set(path, JSON.stringify(inner));
    else for (const [deeper, fact] of flattened(inner, `${path}.`)) facts.set(deeper, fact);
  }
  return facts;
}

function isScalar(value: unknown): value is FactValue {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
