import { HARNESS_METRICS, METRICS } from '../../server/contract.ts';
import type { Colour } from './colour.ts';
import { api, load } from './series.ts';

/** A mark on every curve while the expression is not 0. */
export interface Annotation {
  readonly name: string;
  readonly expr: string;
  readonly colour: Colour;
  /** `{{label}}` is the series' own. */
  readonly title: string;
}

export const ANNOTATIONS: readonly Annotation[] = [
  {
    name: 'Phases of the load',
    expr: `${load(HARNESS_METRICS.phase, 'phase=~"warmup|measure"')} == 1`,
    colour: 'blue',
    title: '{{phase}}',
  },
  {
    name: 'Worker restarts',
    expr: `sum by (reason) (changes(${api(METRICS.workerRestartsTotal)}[$__rate_interval])) > 0`,
    colour: 'orange',
    title: 'worker restarted: {{reason}}',
  },
  {
    name: 'Alerts',
    expr: 'ALERTS{alertstate="firing"}',
    colour: 'red',
    title: '{{alertname}}',
  },
];
