import { requirePoolerProgram } from '../pgbouncer/pgbouncer-program.ts';
import type { ParsedTrialPlan } from '../plan/parse-trial-plan.ts';
import { problemError } from '../plan/problem-error.ts';
import { contradictions, planOfTarget } from '../plan/target-asked.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { type ChosenPostgres, foreignDatabaseOf } from '../postgres/chosen-postgres.ts';
import { choosePostgres, planOn } from './database-choice.ts';
import { type DrivenApi, openDrivenApi } from './driven-api.ts';
import { requireFreeSlots } from './exhaustion-consent.ts';
import type { DrivenService, LabSurroundings } from './lab.ts';
import { requireTargetConsent } from './target-consent.ts';

/** What of a lab is there already, and the plan as it can be measured with it. */
export interface GivenParts {
  readonly plan: TrialPlan;
  readonly postgres: ChosenPostgres;
  /** `null`: each trial starts its own. */
  readonly drivenApi: DrivenApi | null;
  /** A service that runs already. */
  readonly drivenService: DrivenService | null;
}

/**
 * Looks at the database and the API that were named, for the time of `use`, before anything is started.
 *
 * @throws LabError as `choosePostgres` and `openDrivenApi` do, or CONFIG_INVALID where the API is another
 * than was asked for; REFUSED_EXHAUSTION where its load would leave others no slots
 */
export async function withGivenParts<T>(
  asked: Pick<ParsedTrialPlan, 'plan' | 'database' | 'target'>,
  deps: Pick<LabSurroundings, 'env' | 'redactor' | 'signal' | 'warn'> & {
    readonly command: string;
  },
  use: (parts: GivenParts) => Promise<T>,
): Promise<T> {
  const { target, database } = asked;
  const judged = target === null ? null : await requireTargetConsent(target);
  const drivenService =
    target?.kind === 'service' && judged !== null ? { origin: target.url, judged } : null;
  await requirePoolerProgram(asked.plan.pooler, deps.env);
  const startsService = asked.plan.service?.kind === 'command';
  const whose = {
    drivesTheApi: target?.kind === 'api',
    drivesService: target?.kind === 'service',
    startsService,
  };
  const postgres = await choosePostgres(database, { ...deps, ...whose });
  const foreignDatabase = foreignDatabaseOf(postgres);
  const plan = planOn(foreignDatabase, asked.plan);
  const requireSlots = (on: TrialPlan): void =>
    requireFreeSlots(foreignDatabase, database, { cells: [{ id: null, plan: on }], load: 'own' });
  if (target?.kind !== 'api') {
    requireSlots(plan);
    return await use({ plan, postgres, drivenApi: null, drivenService });
  }

  const drivenApi = await openDrivenApi(target, deps);
  try {
    const { description } = drivenApi;
    const problems = contradictions({ plan, target }, description);
    if (problems.length > 0) throw problemError(problems, deps.command);
    const driven = planOfTarget(plan, description);
    requireSlots(driven);
    return await use({ plan: driven, postgres, drivenApi, drivenService });
  } finally {
    drivenApi.close();
  }
}
