import {
  type ParameterSchema,
  WORKLOAD_PARAMETERS,
  WORKLOADS,
  type Workload,
} from '../../server/contract.ts';
import { nearestWord } from './nearest-word.ts';
import type { Problem } from './option-table.ts';
import { ownWorkload, type PlanWorkload } from './plan-workload.ts';

type Params = Readonly<Record<string, string>>;

/** Given to all workloads that have it (`ms`), or to one of them (`hold.ms`). */
export const PARAMETER_NAME = /^([a-z][a-z-]*\.)?[A-Za-z][\w-]*$/;

/**
 * The parameters of one workload, of those given for several: a name alone goes to every workload
 * that has it, `hold.ms` only to `hold`, and there before the name alone.
 */
export function paramsOf(planned: PlanWorkload, given: Params): Params {
  const workload = ownWorkload(planned);
  if (workload === null) return {};
  const known = parametersOf(workload);
  const own: Record<string, string> = {};
  for (const [name, text] of Object.entries(given)) {
    if (Object.hasOwn(known, name)) own[name] ??= text;
    const { scope, parameter } = partsOf(name);
    if (scope === workload) own[parameter] = text;
  }
  return own;
}

/**
 * What is wrong with the parameters given for these workloads: a workload that is not among them, a
 * name that none of them has, a value that one of them would refuse.
 */
export function paramProblems({
  workloads: planned,
  params,
  source,
}: {
  readonly workloads: readonly PlanWorkload[];
  readonly params: Params;
  readonly source: string;
}): readonly Problem[] {
  const workloads = planned.flatMap((workload) => ownWorkload(workload) ?? []);
  return Object.entries(params).flatMap(([name, text]) => {
    const wrong = workloads.length === 0 ? NOT_OF_THE_LAB : problemOf(name, text, workloads);
    return wrong === null ? [] : [{ field: '--param', value: `${name}=${text}`, source, ...wrong }];
  });
}

type Wrong = Pick<Problem, 'problem' | 'remedy'>;

const NOT_OF_THE_LAB: Wrong = {
  problem: "is for no workload of the lab's own, and none is measured",
  remedy: 'leave it out: a script sets its variables by \\set, and a service gets its own by --env',
};

function problemOf(name: string, text: string, workloads: readonly Workload[]): Wrong | null {
  const { scope, parameter } = partsOf(name);
  const meant = scope === null ? workloads : workloads.filter((workload) => workload === scope);
  if (meant.length === 0) {
    const known = WORKLOADS.some((workload) => workload === scope);
    return {
      problem: known
        ? `is for workload ${scope}, which is not measured`
        : `is for ${scope}, which is no workload`,
      remedy: `leave it out, or name one of ${workloads.join(', ')}`,
    };
  }
  const having = meant.filter((workload) => Object.hasOwn(parametersOf(workload), parameter));
  if (having.length === 0) return unknownParameter(parameter, meant);
  for (const workload of having) {
    const schema = parametersOf(workload)[parameter];
    const problem = schema === undefined ? null : valueProblem(text, schema);
    if (schema !== undefined && problem !== null) {
      const which = workloads.length > 1 ? ` for workload ${workload}` : '';
      return {
        problem: problem + which,
        remedy: `give ${expectedOf(schema)}: ${schema.description}`,
      };
    }
  }
  return null;
}

function unknownParameter(parameter: string, workloads: readonly Workload[]): Wrong {
  const names = [...new Set(workloads.flatMap((workload) => Object.keys(parametersOf(workload))))];
  const suggestion = nearestWord(parameter, names);
  const meant = suggestion === null ? '' : ` (did you mean ${suggestion}?)`;
  // Somebody may have forgotten to name the workload.
  const homes = WORKLOADS.filter((workload) => Object.hasOwn(parametersOf(workload), parameter));
  const of = workloads.length === 1 ? `workload ${workloads[0]}` : 'any of the workloads';
  return {
    problem: `names no parameter of ${of}${meant}`,
    remedy:
      homes.length > 0
        ? `measure ${homes.join(' or ')}, which ${parameter} belongs to, or leave it out`
        : `give ${names.join(', ')}, or leave it out`,
  };
}

/** Stricter than the server, which would take `0x10` for a number too. */
function valueProblem(text: string, schema: ParameterSchema): string | null {
  switch (schema.type) {
    case 'boolean':
      return text === 'true' || text === 'false' ? null : 'is neither true nor false';
    case 'string':
      return schema.enum.includes(text) ? null : 'is not known';
    case 'integer':
    case 'number': {
      if (!/^-?\d+(\.\d+)?$/.test(text)) return 'is not a number in digits';
      const value = Number(text);
      if (schema.type === 'integer' && !Number.isInteger(value)) return 'is not a whole number';
      if (value < schema.minimum) return `is below ${schema.minimum}`;
      return value > schema.maximum ? `is above ${schema.maximum}` : null;
    }
  }
}

function expectedOf(schema: ParameterSchema): string {
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'string') return `one of ${schema.enum.join(', ')}`;
  const kind = schema.type === 'integer' ? 'a whole number' : 'a number';
  return `${kind} from ${schema.minimum} to ${schema.maximum}`;
}

function parametersOf(workload: Workload): Readonly<Record<string, ParameterSchema>> {
  return WORKLOAD_PARAMETERS[workload];
}

function partsOf(name: string): { readonly scope: string | null; readonly parameter: string } {
  const dot = name.indexOf('.');
  return dot < 0
    ? { scope: null, parameter: name }
    : { scope: name.slice(0, dot), parameter: name.slice(dot + 1) };
}
