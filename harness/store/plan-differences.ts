import type { SweepPlan } from '../plan/sweep/sweep-plan.ts';
import type { RunMachine } from './stored-run.ts';

/** Sentences like `workers: 1,2,4 there, 1,2 here`, one a field that differs. */
export function runDifferences(
  there: { readonly plan: SweepPlan; readonly machine: RunMachine },
  /** `plan`: `null` where none is asked for. */
  here: { readonly plan: SweepPlan | null; readonly machine: RunMachine },
): readonly string[] {
  return [
    ...(here.plan === null ? [] : differences(comparable(there.plan), comparable(here.plan))),
    ...differences({ ...there.machine }, { ...here.machine }),
  ];
}

/**
 * Without how the plan was typed, and without what the base says of an axis, which is that axis's first
 * value.
 */
function comparable({ axes, base, rounds, predictedSurge }: SweepPlan): object {
  const { workers: _workers, workload: _workload, pool, load, postgres, distance, ...rest } = base;
  const { kind: _kind, poolSize: _poolSize, maxOverflow: _maxOverflow, ...poolRest } = pool;
  const { model: _model, ...loadRest } = load;
  const { maxConnections: _maxConnections, ...postgresRest } = postgres;
  const { rttMs: _rttMs, ...distanceRest } = distance;
  return {
    ...axes,
    ...rest,
    pool: poolRest,
    ...loadRest,
    postgres: postgresRest,
    distance: distanceRest,
    sql: withoutTexts(rest.sql),
    rounds,
    predictedSurge,
  };
}

/** A script's hash says what is in it, in one line. */
function withoutTexts(sql: SweepPlan['base']['sql']): unknown {
  return JSON.parse(
    JSON.stringify(sql, (key, value: unknown) => (key === 'text' ? undefined : value)),
  );
}

function differences(there: unknown, here: unknown, field = ''): readonly string[] {
  if (isPlain(there) && isPlain(here)) {
    const keys = new Set([...Object.keys(there), ...Object.keys(here)]);
    return [...keys].flatMap((key) => differences(there[key], here[key], path(field, key)));
  }
  if (isDeep(there) && isDeep(here) && there.length === here.length) {
    return there.flatMap((item, index) => differences(item, here[index], `${field}[${index}]`));
  }
  const [thereText, hereText] = [text(there), text(here)];
  return thereText === hereText ? [] : [`${field}: ${thereText} there, ${hereText} here`];
}

const path = (field: string, key: string): string => (field === '' ? key : `${field}.${key}`);

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list of lists or objects: told item by item. */
function isDeep(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null);
}

function text(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (isDeep(value) || isPlain(value) || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',');
  return String(value);
}
