import type { VNode } from 'preact';
import { situationText } from '../../../../harness/report/sweep/cell-words.ts';
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
        return (
          <li key={index} class="answer" data-found={best !== null}>
            <p class="answer-shape">
              <span class="answer-situation">{situationText(situation, plan.axes)}</span>
              {best === null ? 'none usable' : <a href={cellHref(best.id)}>{view.name(best)}</a>}
            </p>
            <p class="answer-sentence">{unbroken(data.answers[index]?.sentence ?? '')}</p>
          </li>
        );
      })}
    </ul>
  );
}

/** No shape is broken between two lines. */
function unbroken(sentence: string): string {
  return sentence.replaceAll(' × (', '\u00a0×\u00a0(');
}
