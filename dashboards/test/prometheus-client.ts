import { z } from 'zod';

/** One sample as Prometheus stored or computed it. */
export interface Sample {
  readonly atMs: number;
  /** `NaN` and infinities as such. */
  readonly value: number;
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

const point = z
  .tuple([z.number(), z.string()])
  .transform(([atSeconds, text]): Sample => ({ atMs: atSeconds * 1_000, value: numberOf(text) }));
const labels = z.record(z.string(), z.string());
const answerSchema = z.object({
  data: z.discriminatedUnion('resultType', [
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: labels, values: z.array(point) })),
    }),
    z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric: labels, value: point })),
    }),
    z.object({ resultType: z.literal('scalar'), result: point }),
  ]),
});
const seriesSchema = z.object({ data: z.array(labels) });

/** A dashboard's panel asks so: the expression at every step from `fromMs` to `toMs`. */
export async function queryRange(
  url: string,
  query: string,
  range: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number },
): Promise<readonly Series[]> {
  return seriesOf(
    await ask(url, '/api/v1/query_range', {
      query,
      start: seconds(range.fromMs),
      end: seconds(range.toMs),
      step: seconds(range.stepMs),
    }),
  );
}

/** At one moment; of a range such as `up[1m]` the samples as they were stored. */
export async function queryAt(
  url: string,
  query: string,
  atMs: number,
): Promise<readonly Series[]> {
  return seriesOf(await ask(url, '/api/v1/query', { query, time: seconds(atMs) }));
}

/** Labels of all series that a job was scraped for, histograms with their `_bucket`, `_sum` and `_count`. */
export async function scrapedSeries(
  url: string,
  job: string,
): Promise<readonly Series['labels'][]> {
  // Whatever has no colon: what rules recorded carries the job too.
  const match = `{job="${job}", __name__!~".*:.*|ALERTS.*"}`;
  return seriesSchema.parse(await ask(url, '/api/v1/series', { 'match[]': match })).data;
}

async function ask(url: string, path: string, query: Record<string, string>): Promise<unknown> {
  const response = await fetch(`${url}${path}?${new URLSearchParams(query)}`, {
    headers: { connection: 'close' },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Prometheus refuses ${JSON.stringify(query)}: ${text}`);
  return JSON.parse(text);
}

function seriesOf(answer: unknown): readonly Series[] {
  const { data } = answerSchema.parse(answer);
  switch (data.resultType) {
    case 'matrix':
      return data.result.map(({ metric, values }) => ({ labels: metric, samples: values }));
    case 'vector':
      return data.result.map(({ metric, value }) => ({ labels: metric, samples: [value] }));
    case 'scalar':
      return [{ labels: {}, samples: [data.result] }];
  }
}

/** Go's words for what is not finite. */
function numberOf(text: string): number {
  return Number(text.replace(/^([+-]?)Inf$/, '$1Infinity'));
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
