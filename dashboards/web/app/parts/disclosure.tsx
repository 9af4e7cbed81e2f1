import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useAppearance } from '../appearance.ts';

/** Folded until it is wanted, and not even made before; on paper always open. */
export function Disclosure(props: {
  readonly summary: string;
  readonly children: () => ComponentChildren;
}): VNode {
  const { printing } = useAppearance();
  const [open, setOpen] = useState(false);
  return (
    <details
      class="disclosure"
      open={open || printing}
      onToggle={(event) => {
        if (!printing) setOpen(event.currentTarget.open);
      }}
    >
      <summary class="small">{props.summary}</summary>
      {open || printing ? props.children() : null}
    </details>
  );
}
