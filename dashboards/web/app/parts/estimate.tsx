import type { VNode } from 'preact';
import { ABSENT } from '../../../../harness/report/format.ts';
import { intervalText } from '../../../../harness/report/interval-text.ts';
import type { Estimate as EstimateValue } from '../sweep-types.ts';

/** A value with its 95 % interval, the latter quieter; what is not known is a dash. */
export function Estimate(props: {
  readonly of: EstimateValue | null;
  readonly format: (value: number) => string;
}): VNode {
  const { of, format } = props;
  if (of === null) return <>{ABSENT}</>;
  return (
    <>
      {format(of.value)}
      {of.interval === null ? null : (
        <span class="interval">{intervalText(of.interval, format)}</span>
      )}
    </>
  );
}
