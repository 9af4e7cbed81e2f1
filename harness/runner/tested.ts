import type { TrialPlan } from '../plan/trial-plan.ts';
import { withApi } from './api.ts';
import type { Api } from './driven-api.ts';
import type { Lab } from './lab.ts';
import { type TestedService, withTestedService } from './tested-service.ts';
import type { TrialPorts } from './trial-request.ts';

/** What is under load: an API of this project, which tells all of itself, or a service of the user's own. */
export type Tested =
  | { readonly kind: 'api'; readonly system: Api }
  | { readonly kind: 'service'; readonly system: TestedService };

/**
 * The tested system of a plan for the time of `use`.
 *
 * @throws LabError as `withApi` and `withTestedService` do
 */
export async function withTested<T>(
  lab: Lab,
  { plan, ports }: { readonly plan: TrialPlan; readonly ports: TrialPorts },
  use: (tested: Tested) => Promise<T>,
): Promise<T> {
  const { service } = plan;
  return service === null
    ? await withApi(lab, { plan, ports }, (system) => use({ kind: 'api', system }))
    : await withTestedService(lab, { plan, service }, (system) => use({ kind: 'service', system }));
}
