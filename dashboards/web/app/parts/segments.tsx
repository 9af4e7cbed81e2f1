import type { VNode } from 'preact';
import { useId } from 'preact/hooks';

interface SegmentsProps<T extends string> {
  /** What is chosen, for those who do not see where it stands. */
  readonly legend: string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly chosen: T;
  readonly choose: (value: T) => void;
}

/** One of a few: radio buttons, so that arrow keys and screen readers know them. */
export function Segments<T extends string>(props: SegmentsProps<T>): VNode {
  const { legend, options, chosen, choose } = props;
  const name = useId();
  return (
    <fieldset class="segments screen-only">
      <legend class="visually-hidden">{legend}</legend>
      {options.map(({ value, label }) => (
        <label key={value}>
          <input
            class="visually-hidden"
            type="radio"
            name={name}
            checked={value === chosen}
            onChange={() => choose(value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
