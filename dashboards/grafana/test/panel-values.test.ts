import { expect, test } from 'vitest';
import { optional } from '../../../harness/test/optional.ts';
import { detectPrometheus } from '../../../harness/test/prometheus-binaries.ts';
import { HARNESS_METRICS } from '../../../server/contract.ts';
import { ANNOTATIONS } from '../annotations.ts';
import { panelQueries } from '../pool-exhaustion.ts';
import { faults } from './expression-faults.ts';
import { ANSWERS, EVERYTHING } from './panel-values.ts';

const prometheus = await optional('prometheus', detectPrometheus);

/** Its lines have situations of their own. */
const VERDICT = 'Which problem is it?';
const queries = panelQueries().filter(({ panel }) => panel !== VERDICT);

/** Products and quotients of floating-point numbers are compared to so many places. */
const PRECISION = 1e-4;
const rounded = (value: number) => Math.round(value / PRECISION) / (1 / PRECISION);

test('of every query but those of the verdict is said what it answers', () => {
  const asked = Map.groupBy(queries, ({ panel }) => panel);
  expect(Object.entries(ANSWERS).map(([panel, { length }]) => [panel, length])).toEqual(
    [...asked].map(([panel, { length }]) => [panel, length]),
  );
});

prometheus.test('every query answers with what it asks for and with nothing else', async () => {
  const answers = Object.values(ANSWERS).flat();
  const said = await faults([
    {
      name: 'everything at once',
      series: EVERYTHING,
      expectations: queries.map(({ expr }, index) => {
        const answer = answers[index] ?? {};
        const series = typeof answer === 'number' ? { '': answer } : answer;
        return {
          expr: `round(${expr}, ${PRECISION})`,
          values: Object.fromEntries(
            Object.entries(series).map(([labels, value]) => [`{${labels}}`, rounded(value)]),
          ),
        };
      }),
    },
  ]);
  expect(said).toBe('');
});

prometheus.test(
  'marks are made of the present phase and of workers that were restarted',
  async () => {
    const exprOf = (name: string) => ANNOTATIONS.find((one) => one.name === name)?.expr ?? '';
    const phase = `{__name__="${HARNESS_METRICS.phase}", job="pool-lab-harness", instance="harness:9465", phase="measure"}`;
    const said = await faults([
      {
        name: 'everything at once',
        series: EVERYTHING,
        expectations: [
          { expr: exprOf('Phases of the load'), values: { [phase]: 1 } },
          { expr: exprOf('Worker restarts'), values: { '{reason="crash"}': 2 } },
        ],
      },
    ]);
    expect(said).toBe('');
  },
);
