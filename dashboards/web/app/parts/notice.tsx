import type { ComponentChildren, VNode } from 'preact';

/** What must be known before the numbers are. */
export function Notice(props: {
  readonly tone: 'warn' | 'bad';
  readonly title: string;
  readonly children?: ComponentChildren;
}): VNode {
  return (
    <div class="notice" data-tone={props.tone}>
      <p>
        <strong>{props.title}</strong>
      </p>
      {props.children}
    </div>
  );
}
