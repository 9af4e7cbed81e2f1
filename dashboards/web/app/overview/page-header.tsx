import type { VNode } from 'preact';
import { plural } from '../../../../harness/report/format.ts';
import { VerdictBadge } from '../parts/badge.tsx';
import { useReport } from '../sweep-context.ts';
import { Answers } from './answers.tsx';
import { Reservations } from './reservations.tsx';

/** The verdict first, with what must be known before it is believed. */
export function PageHeader(): VNode {
  const { result } = useReport().data;
  const { cells, plan, verdict, lastTrialAt, createdAt } = result;
  return (
    <div class="stack">
      <h1>How many connections?</h1>
      <p class="muted">
        <VerdictBadge verdict={verdict} /> {plural(cells.length, 'configuration')} measured in{' '}
        {plural(plan.rounds, 'round')}, {dayText(lastTrialAt ?? createdAt)}
      </p>
      <Reservations />
      <Answers />
    </div>
  );
}

/** `2026-01-02 03:44 UTC`: the same wherever and by whomever it is read. */
function dayText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
