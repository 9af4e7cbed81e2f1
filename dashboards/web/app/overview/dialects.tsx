import type { VNode } from 'preact';
import { Disclosure } from '../parts/disclosure.tsx';
import { useReport } from '../sweep-context.ts';
import type { Situation } from '../sweep-types.ts';

/** The best shape as each library spells it. */
export function Dialects(props: {
  readonly situation: Situation;
  readonly index: number;
}): VNode | null {
  const { data, view } = useReport();
  const dialects = data.answers[props.index]?.dialects ?? [];
  const best = view.cell(props.situation.best);
  if (dialects.length === 0 || best === null) return null;
  return (
    <div class="subsection">
      <h3>{view.name(best)} in your library’s words</h3>
      <Disclosure summary={`The pool of each worker, in ${dialects.length} dialects`}>
        {() => (
          <dl class="pairs">
            {dialects.map(({ dialect, code, notes }) => (
              <div key={dialect} class="pair">
                <dt>{dialect}</dt>
                <dd>
                  <code>{code}</code>
                  {notes.map((note, index) => (
                    <p key={index} class="muted small">
                      {note}
                    </p>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Disclosure>
    </div>
  );
}
