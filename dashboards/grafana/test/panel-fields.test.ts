import { expect, test } from 'vitest';
import { z } from 'zod';
import { dashboardJson } from '../pool-exhaustion.ts';

/* How Grafana is told to show the answers: units, colours, stacks. As it gets them, whatever made them. */

const stepsSchema = z.object({
  steps: z.array(z.object({ value: z.number().nullable(), color: z.string() })),
});
const panelSchema = z.object({
  type: z.string(),
  title: z.string(),
  targets: z.array(z.object({ refId: z.string(), expr: z.string() })).default([]),
  fieldConfig: z
    .object({
      defaults: z.object({
        unit: z.string().optional(),
        thresholds: stepsSchema.optional(),
        mappings: z
          .array(z.object({ options: z.record(z.string(), z.object({ color: z.string() })) }))
          .optional(),
        custom: z.object({ stacking: z.object({ mode: z.string() }).optional() }).optional(),
      }),
      overrides: z.array(
        z.object({
          matcher: z.object({ id: z.string(), options: z.string() }),
          properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
        }),
      ),
    })
    .optional(),
});
const dashboard = z
  .object({
    refresh: z.string().optional(),
    panels: z.array(panelSchema.extend({ panels: z.array(panelSchema).optional() })),
  })
  .parse(JSON.parse(dashboardJson()));
const panels = new Map(
  dashboard.panels
    .flatMap((panel) => [panel, ...(panel.panels ?? [])])
    .map((panel) => [panel.title, panel]),
);

function fieldsOf(title: string) {
  const fields = panels.get(title)?.fieldConfig;
  if (fields === undefined) throw new Error(`no panel ${title} with fields`);
  return fields;
}

/** Of one query, where it has its own. */
function overrideOf(title: string, refId: string, id: string): unknown {
  const own = fieldsOf(title).overrides.find(
    ({ matcher }) => matcher.id === 'byFrameRefID' && matcher.options === refId,
  );
  return own?.properties.find((property) => property.id === id)?.value;
}

/** Every query with the unit that its answers are shown in. */
const units = [...panels.values()].flatMap(({ title, targets, fieldConfig }) =>
  targets.map(({ refId, expr }) => {
    const unit = overrideOf(title, refId, 'unit') ?? fieldConfig?.defaults.unit;
    return { title, expr, unit: String(unit) };
  }),
);

test('what is a share, a time, a rate or a count is shown as one', () => {
  const IS_TIME = /_seconds(?!_total)/;
  /** Seconds per second: shares of a time, cores, and the mean of a queue. */
  const IS_RATE_OF_SECONDS = /rate\(\w+_seconds_total/;
  for (const { title, expr, unit } of units) {
    const told: Readonly<Record<string, boolean>> = {
      s: IS_TIME.test(expr) && !/ \/ on \(/.test(expr),
      percentunit:
        / \/ |_ratio\{/.test(expr) || (IS_RATE_OF_SECONDS.test(expr) && /^max/.test(expr)),
      reqps: /rate\(pool_lab_(?:load_requests|http_request)/.test(expr),
      'suffix:/s': /rate\(/.test(expr) && !/_seconds_total|_bucket/.test(expr),
      'suffix:cores': IS_RATE_OF_SECONDS.test(expr),
      short: !/rate\(/.test(expr) || IS_RATE_OF_SECONDS.test(expr),
      bool: / bool /.test(expr),
    };
    expect([title, unit, told[unit]]).toEqual([title, unit, true]);
  }
});

/** The colours of the values in a text such as `0 red, 1 green`, as Grafana chooses them: the last step reached. */
function colours(thresholds: unknown, text: string): string {
  const { steps } = stepsSchema.parse(thresholds);
  return text.replaceAll(/(-?[\d.]+) \w+/g, (_, value) => {
    const step = steps.findLast((it) => it.value === null || it.value <= Number(value));
    return `${value} ${step?.color}`;
  });
}

test.each([
  ['Slots left in PostgreSQL?', '0 red, 4 orange, 5 green'],
  ['Right answers per second?', '0 red, 1 green'],
  ['Which share fails?', '0 green, 0.01 orange, 0.05 red'],
  ['How long is the p99?', '0.2 green, 0.5 orange, 1 red'],
  ['Who waits for a connection now?', '0 green, 1 orange, 10 red'],
  ['Does PostgreSQL refuse?', '0 green, 0.1 red'],
  ['Is the wait near the pool’s timeout?', '0.4 green, 0.5 orange, 1 red'],
  ['Is the generator late?', '0.004 green, 0.006 orange, 0.03 red'],
  ['Has the generator time left?', '0.6 green, 0.8 orange, 0.95 red'],
])('%s: %s', (title, expected) => {
  expect(colours(fieldsOf(title).defaults.thresholds, expected)).toBe(expected);
});

test.each([
  ['Slots left in PostgreSQL?', 'B', '0.5 green, 0.8 orange, 1 red'],
  ['Would all pools fit?', 'D', '-1 red, 0 green'],
])('%s: of its query %s %s', (title, refId, expected) => {
  expect(colours(overrideOf(title, refId, 'thresholds'), expected)).toBe(expected);
});

test('a line of the verdict is red while it is so, and green while it is not', () => {
  const { mappings = [] } = fieldsOf('Which problem is it?').defaults;
  const colours = mappings.flatMap(({ options }) =>
    Object.entries(options).map(([value, { color }]) => [value, color]),
  );
  expect(colours).toEqual([
    ['0', 'green'],
    ['1', 'red'],
  ]);
});

test('parts of a whole are stacked, and the bounds they are compared with are not', () => {
  const stacked = [...panels.values()].filter(
    ({ fieldConfig }) => fieldConfig?.defaults.custom?.stacking?.mode === 'normal',
  );
  const bounds = stacked.flatMap(({ title, targets }) =>
    targets
      .filter(({ refId }) => {
        const own = z.object({ mode: z.literal('none') });
        return own.safeParse(overrideOf(title, refId, 'custom.stacking')).success;
      })
      .map(({ refId }) => `${title} ${refId}`),
  );
  expect(stacked.map(({ title }) => title)).toEqual([
    'Who has the slots?',
    'What are the connections of the pools doing?',
    'In which state are the API’s sessions?',
    'What do the active sessions wait for?',
    'Who has the CPU?',
    'What does PgBouncer have at PostgreSQL?',
  ]);
  expect(bounds).toEqual([
    'Who has the slots? D',
    'Who has the slots? E',
    'What are the connections of the pools doing? C',
    'What are the connections of the pools doing? D',
  ]);
});

test('it moves by itself', () => {
  expect(dashboard.refresh).toMatch(/^\d+s$/);
});
