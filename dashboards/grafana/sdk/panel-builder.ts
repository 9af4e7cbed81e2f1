import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as stateTimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import * as text from '@grafana/grafana-foundation-sdk/text';
import * as timeSeries from '@grafana/grafana-foundation-sdk/timeseries';
import type { Colour } from '../colour.ts';
import {
  descriptionOf,
  type HeatmapPanel,
  type PanelSpec,
  type Query,
  type QueryPanel,
  refIdAt,
  type SeriesPanel,
  type StatPanel,
  type Steps,
  type TextPanel,
  type TimelinePanel,
} from '../panel.ts';
import type { Placed } from '../placement.ts';
import { DATASOURCE } from './datasource.ts';

const NORMAL_STACK = new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A');
const NO_STACK = { mode: common.StackingMode.None, group: 'A' };
const BOUND_DASHES = { fill: 'dash', dash: [8, 6] };

/**
 * A panel for Grafana 11 and later, in the classic schema. Options that matter are spelled where they equal
 * the SDK's default.
 */
export function panelBuilder({ item, id, position }: Placed<PanelSpec>): PanelBuilder {
  return kindBuilder(item)
    .id(id)
    .title(item.title)
    .gridPos({ ...position });
}

function kindBuilder(spec: PanelSpec): PanelBuilder {
  switch (spec.kind) {
    case 'stat':
      return statBuilder(spec);
    case 'series':
      return seriesBuilder(spec);
    case 'heatmap':
      return heatmapBuilder(spec);
    case 'timeline':
      return timelineBuilder(spec);
    case 'text':
      return textBuilder(spec);
  }
}

interface PanelBuilder extends Builder<grafana.Panel> {
  id(id: number): this;
  title(title: string): this;
  gridPos(position: grafana.GridPos): this;
}

interface QueryPanelBuilder extends PanelBuilder {
  datasource(datasource: common.DataSourceRef): this;
  description(description: string): this;
  unit(unit: string): this;
  withTarget(target: Builder<Dataquery>): this;
  overrideByQuery(refId: string, properties: grafana.DynamicConfigValue[]): this;
}

function statBuilder(spec: StatPanel): PanelBuilder {
  const builder = new stat.PanelBuilder()
    // The value of now and no curve: "the last value" of a range would be that of an API long dead.
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(
      new common.ReduceDataOptionsBuilder().values(false).calcs(['lastNotNull']).fields(''),
    )
    .colorMode(common.BigValueColorMode.Background)
    .textMode(common.BigValueTextMode.ValueAndName)
    .orientation(common.VizOrientation.Vertical)
    .thresholds(thresholds(spec.steps))
    .colorScheme(colourMode(grafana.FieldColorModeId.Thresholds))
    .noValue(spec.noValue);
  return withQueries(builder, spec, (query) => query.instant());
}

function seriesBuilder(spec: SeriesPanel): PanelBuilder {
  const builder = new timeSeries.PanelBuilder()
    .min(0)
    .drawStyle(common.GraphDrawStyle.Line)
    .lineInterpolation(common.LineInterpolation.Linear)
    .lineWidth(1)
    .fillOpacity(spec.stacked === true ? 40 : 8)
    .showPoints(common.VisibilityMode.Never)
    .colorScheme(colourMode(grafana.FieldColorModeId.PaletteClassicByName))
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
  if (spec.stacked === true) builder.stacking(NORMAL_STACK);
  if (spec.max !== undefined) builder.max(spec.max);
  if (spec.steps !== undefined) {
    builder
      .thresholds(thresholds(spec.steps))
      .thresholdsStyle(
        new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
      );
  }
  for (const [name, colour] of Object.entries(spec.colours ?? {})) {
    builder.overrideByName(name, [fixedColour(colour)]);
  }
  return withQueries(builder, spec, (query) => query.range());
}

function heatmapBuilder(spec: HeatmapPanel): PanelBuilder {
  const builder = new heatmap.PanelBuilder()
    // The buckets are Prometheus' own; the panel must not make buckets of them again.
    .calculate(false)
    .rowsFrame(new heatmap.RowsHeatmapOptionsBuilder().layout(common.HeatmapCellLayout.Auto))
    .yAxis(
      new heatmap.YAxisConfigBuilder().unit(spec.unit).axisPlacement(common.AxisPlacement.Left),
    )
    .cellValues(new heatmap.CellValuesBuilder().unit('suffix:/s'))
    .filterValues(new heatmap.FilterValueRangeBuilder().le(1e-9))
    .showValue(common.VisibilityMode.Never)
    .color(
      new heatmap.HeatmapColorOptionsBuilder()
        .mode(heatmap.HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .scale(heatmap.HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64),
    )
    .tooltip(
      new heatmap.HeatmapTooltipBuilder()
        .mode(common.TooltipDisplayMode.Single)
        .yHistogram(true)
        .showColorScale(true),
    );
  // More columns than this are thinner than anybody sees, and each holds every bucket.
  builder.maxDataPoints(150);
  return withQueries(builder, spec, (query) =>
    query.range().format(prometheus.PromQueryFormat.Heatmap),
  );
}

function timelineBuilder(spec: TimelinePanel): PanelBuilder {
  const state = (value: string, shown: string, color: Colour): grafana.ValueMap => ({
    type: grafana.MappingType.ValueToText,
    options: { [value]: { text: shown, color, index: Number(value) } },
  });
  const builder = new stateTimeline.PanelBuilder()
    .mappings([state('0', 'no', 'green'), state('1', 'YES', 'red')])
    .thresholds(thresholds(['green', [1, 'red']]))
    .colorScheme(colourMode(grafana.FieldColorModeId.Thresholds))
    .mergeValues(true)
    .showValue(common.VisibilityMode.Auto)
    .rowHeight(0.8)
    .fillOpacity(80)
    .lineWidth(0)
    .legend(new common.VizLegendOptionsBuilder().showLegend(false));
  return withQueries(builder, spec, (query) => query.range());
}

const textBuilder = ({ markdown }: TextPanel): PanelBuilder =>
  new text.PanelBuilder().mode(text.TextMode.Markdown).content(markdown);

function withQueries<Panel extends QueryPanelBuilder>(
  builder: Panel,
  spec: QueryPanel,
  as: (query: prometheus.DataqueryBuilder) => prometheus.DataqueryBuilder,
): Panel {
  builder.datasource(DATASOURCE).unit(spec.unit).description(descriptionOf(spec));
  for (const [index, query] of spec.queries.entries()) {
    const refId = refIdAt(index);
    const target = new prometheus.DataqueryBuilder()
      .datasource(DATASOURCE)
      .refId(refId)
      .expr(query.expr)
      .legendFormat(query.legend)
      .editorMode(prometheus.QueryEditorMode.Code);
    builder.withTarget(as(target));
    const properties = propertiesOf(query);
    if (properties.length > 0) builder.overrideByQuery(refId, properties);
  }
  return builder;
}

function propertiesOf({ colour, isBound, unit, steps }: Query): grafana.DynamicConfigValue[] {
  return [
    ...(colour === undefined ? [] : [fixedColour(colour)]),
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(steps === undefined ? [] : [{ id: 'thresholds', value: thresholds(steps).build() }]),
    ...(isBound === undefined
      ? []
      : [
          { id: 'custom.stacking', value: NO_STACK },
          { id: 'custom.fillOpacity', value: 0 },
          { id: 'custom.lineWidth', value: 2 },
          { id: 'custom.lineStyle', value: BOUND_DASHES },
        ]),
  ];
}

const fixedColour = (colour: Colour): grafana.DynamicConfigValue => ({
  id: 'color',
  value: { mode: grafana.FieldColorModeId.Fixed, fixedColor: colour },
});

const colourMode = (mode: grafana.FieldColorModeId): grafana.FieldColorBuilder =>
  new grafana.FieldColorBuilder().mode(mode);

function thresholds([lowest, ...others]: Steps): grafana.ThresholdsConfigBuilder {
  return new grafana.ThresholdsConfigBuilder()
    .mode(grafana.ThresholdsMode.Absolute)
    .steps([{ value: null, color: lowest }, ...others.map(([value, color]) => ({ value, color }))]);
}
