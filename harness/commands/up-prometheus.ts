import { option } from '../plan/option.ts';
import type { OptionSources, OptionValues, Problem } from '../plan/option-table.ts';
import { wholeNumber, yesNo } from '../plan/value-parser.ts';
import { grafanaDashboardPath, labRulesPath } from '../prometheus/dashboard-files.ts';
import { type PrometheusProgram, requirePrometheus } from '../prometheus/prometheus-program.ts';
import { withPrometheus } from '../prometheus/prometheus-server.ts';
import type { PrometheusScreen } from '../report/prometheus-lines.ts';
import type { Lab } from '../runner/lab.ts';

export const UP_PROMETHEUS_OPTIONS = {
  prometheus: option('prometheus', {
    parser: yesNo(),
    defaultValue: false,
    description: 'start the `prometheus` of this machine beside it, with rules and alerts',
  }),
  prometheusPort: option('prometheus-port', {
    parser: wholeNumber({ min: 0, max: 65_535, placeholder: 'number' }),
    defaultValue: 0,
    description: "Prometheus's port; 0: any free one",
  }),
} as const;
type Table = typeof UP_PROMETHEUS_OPTIONS;

/** A Prometheus that was asked for and that is there, not started yet. */
export interface AskedPrometheus {
  readonly program: PrometheusProgram;
  readonly port: number;
}

/** A flag that would do nothing is a mistake; a variable may be set for another time. */
export function prometheusProblems(
  values: OptionValues<Table>,
  sources: OptionSources<Table>,
): readonly Problem[] {
  const source = sources.prometheusPort;
  if (values.prometheus || !source.startsWith('--')) return [];
  return [
    {
      field: source,
      value: String(values.prometheusPort),
      source,
      problem: 'does nothing without --prometheus',
      remedy: 'give --prometheus as well, or leave it out',
    },
  ];
}

/**
 * Looked for before anything else is started; `null`: not asked for.
 *
 * @throws LabError PROMETHEUS_MISSING
 */
export async function askedPrometheus(
  { prometheus, prometheusPort }: OptionValues<Table>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AskedPrometheus | null> {
  return prometheus ? { program: await requirePrometheus(env), port: prometheusPort } : null;
}

/** Runs `use` beside the Prometheus that was asked for, if any. Should that one end, the lab goes on. */
export async function besidePrometheus<T>(
  asked: AskedPrometheus | null,
  context: {
    readonly lab: Pick<Lab, 'custodian' | 'signal' | 'baseEnvironment' | 'warn'>;
    readonly adminUrl: string;
    /** The harness's own endpoint; there is one wherever a Prometheus was asked for. */
    readonly metricsUrl: string | null;
  },
  use: (screen: PrometheusScreen | null) => Promise<T>,
): Promise<T> {
  if (asked === null) return use(null);
  const { lab, adminUrl, metricsUrl } = context;
  if (metricsUrl === null) throw new Error('a Prometheus without the metrics of the load');
  return withPrometheus(
    {
      ...asked,
      targets: { api: new URL(adminUrl).host, harness: new URL(metricsUrl).host },
      rulesPath: labRulesPath(),
    },
    lab,
    ({ graphUrl, version, died }) => {
      void died.then(({ reason, lastLines }) =>
        lab.warn([`Prometheus ended, the lab goes on: ${reason}`, ...lastLines].join('\n')),
      );
      return use({ graphUrl, version, dashboardPath: grafanaDashboardPath() });
    },
  );
}
