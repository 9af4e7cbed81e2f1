import type { ComponentChildren, VNode } from 'preact';

export type Tone = 'good' | 'warn' | 'bad' | 'plain';

export function Badge(props: { readonly tone: Tone; readonly children: ComponentChildren }): VNode {
  return (
    <span class="badge" data-tone={props.tone}>
      {props.children}
    </span>
  );
}

const VERDICTS = { VALID: 'good', DEGRADED: 'warn', INVALID: 'bad' } as const;

/** May this be believed? */
export function VerdictBadge({ verdict }: { readonly verdict: keyof typeof VERDICTS }): VNode {
  return <Badge tone={VERDICTS[verdict]}>{verdict}</Badge>;
}
