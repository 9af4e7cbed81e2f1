import { dashboardJson } from './grafana/pool-exhaustion.ts';
import { ruleFile, ruleFileName } from './prometheus/rule-file.ts';
import { ruleTestFile, ruleTestFileName } from './prometheus/rule-test-file.ts';
import {
  SCRAPE_CONFIGURATION_FILE,
  scrapeConfiguration,
} from './prometheus/scrape-configuration.ts';
import { ALL_WINDOWS } from './prometheus/windows.ts';

export interface GeneratedFile {
  /** From this directory on. */
  readonly path: string;
  readonly content: string;
}

/** Every file of the dashboards that is committed and made from TypeScript, as it should be. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    ...ALL_WINDOWS.map((windows) => ({
      path: `prometheus/${ruleFileName(windows)}`,
      content: ruleFile(windows),
    })),
    ...ALL_WINDOWS.map((windows) => ({
      path: `prometheus/tests/${ruleTestFileName(windows)}`,
      content: ruleTestFile(windows),
    })),
    { path: `prometheus/${SCRAPE_CONFIGURATION_FILE}`, content: scrapeConfiguration() },
    { path: 'grafana/pool-exhaustion.json', content: dashboardJson() },
  ];
}
