import type { TrialPlan } from '../../plan/trial-plan.ts';
import type { Environment } from '../trial-machine.ts';
import type { Difference } from './comparison-result.ts';
import { environmentFacts, type Facts, planFacts } from './plan-facts.ts';

/** What is tested: the configuration that a comparison is about. Everything else must be the same. */
const TESTED =
  /^(workers|rolloutSurge|pool\..*|pooler(\..*)?|preparedStatements|postgres\..*|service\.(?!kind$).*)$/;

/** The kernel keeps a little more or less of the same memory for itself at every boot. */
const SAME_MEMORY_SHARE = 0.01;
/** What a load writes makes its tables grow; this much more can matter to what is in memory. */
const SAME_DATABASE_SHARE = 0.1;

const MEMORY = 'environment.memoryBytes';
const DATABASE = 'environment.postgres.databaseBytes';
const LOAD_ENGINE = 'environment.loadEngine';
const SHARED_BUFFERS = 'environment.postgres.sharedBuffersBytes';

export interface Measured {
  readonly plan: TrialPlan;
  readonly environment: Environment;
}

export interface Differences {
  /** Of the tested configuration: what the comparison is about. None of them: an A/A comparison. */
  readonly declared: readonly Difference[];
  /** Of anything else: whatever is found may come from these just as well. */
  readonly undeclared: readonly Difference[];
  /** Of what no plan decides and no run can keep the same. */
  readonly noted: readonly Difference[];
}

/** What two measurements differ in, by whether a comparison may. */
export function differencesBetween(left: Measured, right: Measured): Differences {
  const ofPlans = differing(planFacts(left.plan), planFacts(right.plan));
  const declared = ofPlans.filter(({ path }) => TESTED.test(path));
  const buffersDeclared = declared.some(({ path }) => path === 'postgres.extra.shared_buffers');
  const ofEnvironments = differing(
    environmentFacts(left.environment),
    environmentFacts(right.environment),
  )
    .filter(({ path }) => !(path === SHARED_BUFFERS && buffersDeclared))
    .filter((it) => !(it.path === MEMORY && isWithin(it, SAME_MEMORY_SHARE)))
    .filter((it) => !(it.path === LOAD_ENGINE && areTwoKinds(it)));
  return {
    declared,
    undeclared: [
      ...ofPlans.filter(({ path }) => !TESTED.test(path)),
      ...ofEnvironments.filter(({ path }) => path !== DATABASE),
    ],
    noted: ofEnvironments.filter(
      (it) => it.path === DATABASE && !isWithin(it, SAME_DATABASE_SHARE),
    ),
  };
}

function differing(left: Facts, right: Facts): readonly Difference[] {
  const paths = new Set([...left.keys(), ...right.keys()]);
  return [...paths]
    .map((path) => ({ path, left: left.get(path) ?? null, right: right.get(path) ?? null }))
    .filter((it) => it.left !== it.right);
}

/** `closed 8.0.0` and `open …`: one run may need both, and the load says which of them a cell had. */
function areTwoKinds({ left, right }: Difference): boolean {
  const kindOf = (value: Difference['left']): string => String(value).split(' ')[0] ?? '';
  return kindOf(left) !== kindOf(right);
}

function isWithin({ left, right }: Difference, share: number): boolean {
  if (typeof left !== 'number' || typeof right !== 'number') return false;
  return Math.abs(left - right) <= share * Math.max(left, right);
}
