import { Fragment, type VNode } from 'preact';

/**
 * The name of a shape, e.g. `4 × (5+10) at max_connections 30`, broken between two lines where a reader
 * would: not within `4 × (5+10)`, and within `max_connections` only behind its line.
 */
export function ShapeName({ text }: { readonly text: string }): VNode {
  const parts = text.replaceAll(' × (', '\u00a0×\u00a0(').split(/(?<=max_)(?=connections)/);
  return (
    <>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index === 0 ? null : <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}
