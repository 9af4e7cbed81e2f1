import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type { Annotation } from '../annotations.ts';
import type { PlacedRow } from '../placement.ts';
import { PROVISIONED_DATASOURCE, type Variable } from '../variables.ts';
import { DATASOURCE } from './datasource.ts';
import { panelBuilder } from './panel-builder.ts';

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly variables: readonly Variable[];
  readonly annotations: readonly Annotation[];
  /** From top to bottom. */
  readonly rows: readonly PlacedRow[];
}

/** What the editor of a Prometheus variable calls "Label values". */
const LABEL_VALUES = 1;

/** The dashboard as Grafana 11 and later read it, in the classic schema. */
export function buildDashboard(spec: DashboardSpec): grafana.Dashboard {
  const builder = new grafana.DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([...spec.tags])
    .editable()
    .timezone('browser')
    .time({ from: 'now-15m', to: 'now' })
    .timepicker(
      new grafana.TimePickerBuilder().refreshIntervals(['1s', '5s', '10s', '30s', '1m', '5m']),
    )
    .refresh('5s')
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .variables([datasourceVariable(), ...spec.variables.map(queryVariable)])
    .annotations(spec.annotations.map(annotation));
  for (const { id, position, item, panels } of spec.rows) {
    const row = new grafana.RowBuilder(item.title)
      .id(id)
      .gridPos({ ...position })
      .collapsed(item.folded);
    // Panels of a folded row are kept inside it, those of an open one follow it.
    if (item.folded) for (const panel of panels) row.withPanel(panelBuilder(panel));
    builder.withRow(row);
    if (!item.folded) for (const panel of panels) builder.withPanel(panelBuilder(panel));
  }
  return builder.build();
}

const datasourceVariable = () =>
  new grafana.DatasourceVariableBuilder('datasource')
    .label('Prometheus')
    .type('prometheus')
    .current({ text: PROVISIONED_DATASOURCE.name, value: PROVISIONED_DATASOURCE.uid });

function queryVariable({ name, label, description, valuesOf, all, regex = '' }: Variable) {
  const query = `label_values(${valuesOf.series}, ${valuesOf.label})`;
  return new grafana.QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATASOURCE)
    .definition(query)
    .query({ qryType: LABEL_VALUES, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .regex(regex)
    .multi(true)
    .includeAll(true)
    .allValue(all)
    .current({ text: ['All'], value: ['$__all'] })
    .refresh(grafana.VariableRefresh.OnTimeRangeChanged)
    .sort(grafana.VariableSort.NumericalAsc);
}

function annotation({ name, expr, colour, title }: Annotation) {
  const query = new prometheus.DataqueryBuilder()
    .datasource(DATASOURCE)
    .refId('Anno')
    .expr(expr)
    .interval('1s')
    .range();
  return new grafana.AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(colour)
    .target(query)
    .expr(expr)
    .step('1s')
    .titleFormat(title);
}
