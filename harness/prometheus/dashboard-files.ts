import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's root as seen from here: in a clone, and one level higher up in the built package. */
const ROOTS = ['../..', '../../..'];

const LAB_RULES = 'dashboards/prometheus/rules.lab.yml';
const GRAFANA_DASHBOARD = 'dashboards/grafana/pool-exhaustion.json';

/** Recording and alert rules with windows of seconds, for Prometheus. */
export function labRulesPath(): string {
  return packagedPath(LAB_RULES);
}

/** The dashboard, to be imported into a Grafana. */
export function grafanaDashboardPath(): string {
  return packagedPath(GRAFANA_DASHBOARD);
}

function packagedPath(file: string): string {
  const path = ROOTS.map((root) => fileURLToPath(new URL(`${root}/${file}`, import.meta.url))).find(
    (candidate) => existsSync(candidate),
  );
  if (path === undefined) {
    throw new Error(`${file} is not in the package: the installation is damaged`);
  }
  return path;
}
