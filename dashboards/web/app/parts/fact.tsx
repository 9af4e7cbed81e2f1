import type { ComponentChildren, VNode } from 'preact';
import { ABSENT } from '../../../../harness/report/format.ts';
import { intervalText, USELESS_INTERVAL } from '../../../../harness/report/interval-text.ts';
import type { Estimate } from '../sweep-types.ts';

/** One number or word that counts, under its name. */
export function Fact(props: {
  readonly name: string;
  /** Of more than a few words below it. */
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <div class={props.wide === true ? 'wide' : undefined}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** An estimate as a fact: its value large, its interval below. */
export function FactEstimate(props: {
  readonly of: Estimate | null;
  readonly format: (value: number) => string;
}): VNode {
  const { of, format } = props;
  if (of === null) return <>{ABSENT}</>;
  return (
    <>
      {format(of.value)}
      {of.interval === null ? null : <small>{intervalWords(of.interval, format)}</small>}
    </>
  );
}

type Interval = NonNullable<Estimate['interval']>;

function intervalWords(interval: Interval, format: (value: number) => string): string {
  if (intervalText(interval, format).trim() === USELESS_INTERVAL) {
    return 'the rounds differ too much for an interval';
  }
  return `95 %: ${format(Math.max(0, interval.low))} to ${format(interval.high)}`;
}
