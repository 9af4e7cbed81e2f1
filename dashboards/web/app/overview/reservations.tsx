import type { VNode } from 'preact';
import { formatCount, plural } from '../../../../harness/report/format.ts';
import { Notice } from '../parts/notice.tsx';
import { useReport } from '../sweep-context.ts';

/** What is missing of the sweep, or wrong with its files. */
export function Reservations(): VNode {
  const { trials, damage, verdict } = useReport().data.result;
  const open = trials.planned - trials.measured - trials.failed;
  return (
    <>
      {verdict === 'INVALID' ? (
        <Notice tone="bad" title="Nothing here may be believed.">
          <p>Why stands under “May this be believed?” below.</p>
        </Notice>
      ) : null}
      {open > 0 ? (
        <Notice
          tone="warn"
          title={`The sweep is not complete: ${formatCount(open)} of ${plural(trials.planned, 'trial')} not measured yet.`}
        >
          <p>What follows holds for those that are. Go on with it by `sweep --resume`.</p>
        </Notice>
      ) : null}
      {trials.failed > 0 ? (
        <Notice
          tone="warn"
          title={`${plural(trials.failed, 'trial')} of ${formatCount(trials.planned)} failed and gave no measurement.`}
        >
          <p>Why stands on the page of each of those cells.</p>
        </Notice>
      ) : null}
      {damage.length > 0 ? (
        <Notice tone="bad" title="Some of the run’s files could not be used.">
          <ul>
            {damage.map((sentence, index) => (
              <li key={index}>{sentence}</li>
            ))}
          </ul>
        </Notice>
      ) : null}
    </>
  );
}
