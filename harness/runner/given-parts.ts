import { requirePoolerProgram } from '../pgbouncer/pgbouncer-program.ts';
import { type ContainerAsked, containerAsked } from '../plan/database-asked.ts';
import type { ParsedTrialPlan } from '../plan/parse-trial-plan.ts';
import { problemError } from '../plan/problem-error.ts';
import { contradictions, planOfTarget } from '../plan/target-asked.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { ForeignDatabase } from '../postgres/foreign-database.ts';
import { chooseDatabase, planOn } from './database-choice.ts';
import { type DrivenApi, openDrivenApi, requireTargetConsent } from './driven-api.ts';
import { requireFreeSlots } from './exhaustion-consent.ts';
import type { LabDeps } from './lab.ts';

/** What of a lab is there already, and the plan as it can be measured with it. */
export interface GivenParts {
  readonly plan: TrialPlan;
  /** `null`: the lab starts its own. */
  readonly foreignDatabase: ForeignDatabase | null;
  /** In a container of this image; `null`: from its packages. */
  readonly container: ContainerAsked | null;
  /** `null`: each trial starts its own. */
  readonly drivenApi: DrivenApi | null;
}

/**
 * Looks at the database and the API that were named, for the time of `use`, before anything is started.
 *
 * @throws LabError as `chooseDatabase` and `openDrivenApi` do, or CONFIG_INVALID where the API is another
 * than was asked for; REFUSED_EXHAUSTION where its load would leave others no slots
 */
export async function withGivenParts<T>(
  asked: Pick<ParsedTrialPlan, 'plan' | 'database' | 'target'>,
  deps: Pick<LabDeps, 'env' | 'redactor' | 'signal' | 'warn'> & { readonly command: string },
  use: (parts: GivenParts) => Promise<T>,
): Promise<T> {
  const { target, database } = asked;
  if (target !== null) await requireTargetConsent(target);
  await requirePoolerProgram(asked.plan.pooler, deps.env);
  const foreignDatabase = await chooseDatabase(database, {
    ...deps,
    drivesTheApi: target !== null,
  });
  const plan = planOn(foreignDatabase, asked.plan);
  const container = containerAsked(database);
  const requireSlots = (on: TrialPlan): void =>
    requireFreeSlots(foreignDatabase, database, { cells: [{ id: null, plan: on }], load: 'own' });
  if (target === null) {
    requireSlots(plan);
    return await use({ plan, foreignDatabase, container, drivenApi: null });
  }

  const drivenApi = await openDrivenApi(target, deps);
  try {
    const { description } = drivenApi;
    const problems = contradictions({ plan, target }, description);
    if (problems.length > 0) throw problemError(problems, deps.command);
    const driven = planOfTarget(plan, description);
    requireSlots(driven);
    return await use({ plan: driven, foreignDatabase, container, drivenApi });
  } finally {
    drivenApi.close();
  }
}
