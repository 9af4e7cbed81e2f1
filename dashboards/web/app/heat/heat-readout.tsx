import type { RefObject, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** What of a map is pointed at or has the focus, in the words that a screen reader speaks. */
export function HeatReadout(props: { readonly table: RefObject<HTMLTableElement | null> }): VNode {
  const { table } = props;
  const [text, setText] = useState('');
  useEffect(() => {
    const { current } = table;
    if (current === null) return undefined;
    const read = ({ target }: Event): void => {
      const cell = target instanceof Element ? target.closest('.heat-cell') : null;
      setText(cell?.getAttribute('aria-label') ?? '');
    };
    const clear = (): void => setText('');
    current.addEventListener('pointerover', read);
    current.addEventListener('focusin', read);
    current.addEventListener('pointerleave', clear);
    return () => {
      current.removeEventListener('pointerover', read);
      current.removeEventListener('focusin', read);
      current.removeEventListener('pointerleave', clear);
    };
  }, [table]);
  return (
    <p class="heat-readout screen-only" aria-hidden="true">
      {text}
    </p>
  );
}
