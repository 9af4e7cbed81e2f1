import type { VNode } from 'preact';
import { formatCount, plural } from '../../../../harness/report/format.ts';
import { Notice } from '../parts/notice.tsx';
import { useReport } from '../sweep-context.ts';
import type { Sweep } from '../sweep-types.ts';

/** What is missing of the sweep, or wrong with its files: known before any number is read. */
export function Reservations(): VNode | null {
  const { result } = useReport().data;
  const sentences = [...gapsOf(result), ...result.damage];
  const invalid = result.verdict === 'INVALID';
  if (sentences.length === 0 && !invalid) return null;
  return (
    <Notice
      tone={invalid || result.damage.length > 0 ? 'bad' : 'warn'}
      title={invalid ? 'Nothing here may be believed.' : 'Not all of it was measured.'}
    >
      {sentences.length === 0 ? null : (
        <ul>
          {sentences.map((sentence, index) => (
            <li key={index}>{sentence}</li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

function gapsOf({ trials: { planned, measured, failed } }: Sweep): readonly string[] {
  const open = planned - measured - failed;
  return [
    ...(open > 0
      ? [
          `The sweep is not complete: ${formatCount(open)} of ${plural(planned, 'trial')} still to be measured, which “sweep --resume” does.`,
        ]
      : []),
    ...(failed > 0
      ? [
          `${plural(failed, 'trial')} of ${formatCount(planned)} failed; why stands on the page of each such configuration.`,
        ]
      : []),
  ];
}
