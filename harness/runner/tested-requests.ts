import { setTimeout } from 'node:timers/promises';
import type { ServiceObservation } from '../analysis/trial-observations.ts';
import type { LoadRequest } from '../load/load-engine.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { askEachOnce, type FirstAnswer, type Got } from '../service/first-answers.ts';
import { openApiAccount } from './api-account.ts';
import type { Lab } from './lab.ts';
import { openServiceAccount } from './service-account.ts';
import type { ServiceInstances } from './service-instances.ts';
import { requireTargetAnswers } from './target-answers.ts';
import type { Tested } from './tested.ts';
import { loadRequest } from './trial-request.ts';
import type { WindowAccount } from './window-account.ts';
import { requireValidParameters } from './workload-check.ts';

/** The load of a plan, on what is tested. */
export function requestTo(tested: Tested, plan: TrialPlan): LoadRequest {
  if (tested.kind === 'api') return loadRequest(tested.system.url, plan);
  const { judged, requests } = tested.system;
  return { ...loadRequest(judged.origin, plan, judged.host), requests };
}

/**
 * Asks what is tested before any load, so that nothing is measured which cannot be right: an API of this project
 * refuses wrong parameters; what a service answers is said.
 *
 * @returns opens the account of the window, to be called before it
 * @throws LabError as `requireValidParameters` and `requireTargetAnswers` do
 */
export async function requireAnswers(
  tested: Tested,
  {
    lab,
    plan,
    request,
  }: { readonly lab: Lab; readonly plan: TrialPlan; readonly request: LoadRequest },
): Promise<() => Promise<WindowAccount>> {
  const { signal } = lab;
  if (tested.kind === 'api') {
    await requireValidParameters(request, signal);
    return () => openApiAccount(tested.system, signal);
  }
  const { system } = tested;
  if (system.instances === null) {
    const wrongBefore = await requireTargetAnswers(system.url, system.requests, {
      ...lab,
      judged: system.judged,
    });
    return () => openServiceAccount(system, { lab, plan, wrongBefore });
  }
  const { instances } = system;
  const linesBefore = instances.said().lines;
  const wrongBefore = wrongOf(await askEachOnce(system.url, system.requests, { signal }));
  if (wrongBefore.length > 0) {
    const answers = wrongBefore.map(
      ({ name, got }) => `the service answered ${name} by ${got}, before any load`,
    );
    lab.warn([...answers, ...(await saidSince(instances, linesBefore, signal))].join('\n'));
  }
  return () => openServiceAccount(system, { lab, plan, wrongBefore });
}

/** Many write their stack trace after the answer that it is about. */
const TRACE_FOLLOWS_MS = 250;
const LINES_SHOWN_MAX = 10;

/** What it wrote while it was asked, which most often says why an answer was wrong. */
async function saidSince(
  instances: Pick<ServiceInstances, 'said' | 'lastLines'>,
  linesBefore: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  await setTimeout(TRACE_FOLLOWS_MS, undefined, { signal });
  const said = Math.min(instances.said().lines - linesBefore, LINES_SHOWN_MAX);
  const lines = said === 0 ? [] : instances.lastLines().slice(-said);
  return lines.length === 0 ? [] : ['It said:', ...lines];
}

function wrongOf(answers: readonly FirstAnswer[]): ServiceObservation['wrongBefore'] {
  return answers.flatMap(({ template, got }) =>
    got.kind === 'status' && got.isRight ? [] : [{ name: template.name, got: gotText(got) }],
  );
}

function gotText(got: Got): string {
  switch (got.kind) {
    case 'status':
      return `status ${got.status}${got.location === null ? '' : ', a redirect, which is not followed'}`;
    case 'silent':
      return `nothing in ${got.waitedMs / 1_000} s`;
    default:
      return `nothing: ${got.code}`;
  }
}
