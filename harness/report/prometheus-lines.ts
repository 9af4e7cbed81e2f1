import { prometheusLinks } from './prometheus-links.ts';

export interface PrometheusScreen {
  /** Prometheus's first page, where expressions are drawn. */
  readonly graphUrl: string;
  readonly version: string;
  /** Of the dashboard's file. */
  readonly dashboardPath: string;
}

/** A part of a screen: what it is about, and its lines, which are not wrapped. */
export interface ScreenSection {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Where to look while a Prometheus scrapes the lab. */
export function prometheusSections({
  graphUrl,
  version,
  dashboardPath,
}: PrometheusScreen): readonly ScreenSection[] {
  const { url, alertsUrl, graphs } = prometheusLinks(graphUrl);
  return [
    {
      title: `Watch it in Prometheus ${version}, every second (it takes some seconds to begin)`,
      lines: [
        `alerts: ${alertsUrl}`,
        ...graphs.flatMap((graph) => [`${graph.title}:`, `  ${graph.url}`]),
      ],
    },
    {
      title: 'See all of it on the dashboard, in a Grafana of yours',
      lines: [
        `add a data source of type Prometheus with the URL ${url} and a scrape interval of 1s,`,
        `then import ${dashboardPath} (Dashboards, New, Import)`,
        'Without a Grafana: the composed stack brings one along.',
      ],
    },
  ];
}
