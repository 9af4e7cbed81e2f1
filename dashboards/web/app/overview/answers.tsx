import type { VNode } from 'preact';
import { isUndecided } from '../../../../harness/report/sweep/best-doubts.ts';
import { situationText } from '../../../../harness/report/sweep/cell-words.ts';
import { ShapeName } from '../parts/shape-name.tsx';
import { cellHref } from '../route.ts';
import { useReport } from '../sweep-context.ts';

/** The answer of each situation: the best shape, and one sentence about it. */
export function Answers(): VNode {
  const { data, view } = useReport();
  const { situations, plan } = data.result;
  return (
    <ul class="answers">
      {situations.map((situation, index) => {
        const best = view.cell(situation.best);
        const undecided = isUndecided(view, situation);
        const name = situationText(situation, plan.axes);
        return (
          <li key={index} class="answer" data-found={best !== null && !undecided}>
            <p class="answer-shape">
              <span class="answer-situation">{name}</span>
              {best === null ? (
                'none usable'
              ) : undecided ? (
                'not decided'
              ) : (
                <a href={cellHref(best.id)}>
                  <ShapeName text={view.name(best)} />
                </a>
              )}
            </p>
            <p class="answer-sentence">
              <ShapeName text={withoutName(data.answers[index]?.sentence ?? '', name)} />
            </p>
          </li>
        );
      })}
    </ul>
  );
}

/** The sentence begins with its situation, which stands beside it here. */
function withoutName(sentence: string, name: string): string {
  const rest = sentence.startsWith(`${name}: `) ? sentence.slice(name.length + 2) : sentence;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
