import type { VNode } from 'preact';
import { CopyText } from '../parts/copy-text.tsx';
import { useReport } from '../sweep-context.ts';

/** How to measure the same again, and what this file is made of. */
export function ReproduceSection(): VNode {
  const { commandLine, condensed, result, runDirectory } = useReport().data;
  return (
    <section class="section" id="reproduce" aria-labelledby="reproduce-title">
      <h2 id="reproduce-title">Measure it again</h2>
      <CopyText text={`npx ${commandLine}`} what="the command" />
      <dl class="pairs">
        <Pair name="Plan" value={`SHA-256 ${result.planHash}`} />
        {runDirectory === null ? null : <Pair name="Run directory" value={runDirectory} />}
        {condensed.map((sentence, index) => (
          <Pair key={index} name="This file" value={sentence} />
        ))}
      </dl>
    </section>
  );
}

function Pair({ name, value }: { readonly name: string; readonly value: string }): VNode {
  return (
    <div class="pair">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
