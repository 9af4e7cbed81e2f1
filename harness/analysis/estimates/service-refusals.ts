import { sumOf } from '../failed-endings.ts';
import type { TrialObservations } from '../trial-observations.ts';

/** What can be known of a service's refusals, who need not say why it fails. */
export interface ServiceRefusals {
  /** By its answers, or by PostgreSQL's log. */
  readonly observed: boolean;
  /** `false`: requests failed for reasons that nobody told, and PostgreSQL's log is not the lab's to read. */
  readonly visible: boolean;
}

/** Failures by their status alone, see the load engines; the lab's own API names a class. */
const WITHOUT_REASON = /^(?:http_\d+|other)$/;

/** @param byAnswers attempts whose answers say that PostgreSQL, or a pooler before it, refused */
export function serviceRefusals(
  { service, load }: Pick<TrialObservations, 'service' | 'load'>,
  byAnswers: number,
): ServiceRefusals {
  const logged = service?.reading.refusalsLogged ?? null;
  if (service === null) return { observed: byAnswers > 0, visible: true };
  const { attempts } = load.ledger;
  const untold =
    attempts.lost +
    sumOf(
      Object.fromEntries(
        Object.entries(attempts.httpErrors).filter(([name]) => WITHOUT_REASON.test(name)),
      ),
    );
  const observed = byAnswers > 0 || (logged ?? 0) > 0;
  return { observed, visible: observed || logged !== null || untold === 0 };
}
