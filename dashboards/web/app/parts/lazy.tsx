import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useAppearance } from '../appearance.ts';

/** How far outside the window something is made, so that scrolling seldom shows a gap. */
const AHEAD = '600px';

/** Made when it comes near the window, or for paper; until then room of that height is kept for it. */
export function Lazy(props: {
  readonly heightPx: number;
  readonly children: () => ComponentChildren;
}): VNode {
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  const { printing } = useAppearance();
  useEffect(() => {
    const { current } = place;
    if (near || current === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setNear(true);
      },
      { rootMargin: AHEAD },
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, [near]);
  const wanted = near || printing;
  return (
    <div ref={place} class="lazy" style={wanted ? {} : { minHeight: `${props.heightPx}px` }}>
      {wanted ? props.children() : null}
    </div>
  );
}
