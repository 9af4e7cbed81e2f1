import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseYaml } from '../yaml/yaml-document.ts';
import { PROVISIONED_DATASOURCE } from './variables.ts';

const yamlOf = (path: string): unknown =>
  parseYaml(readFileSync(new URL(path, import.meta.url), 'utf8'));

test('Grafana finds the composed Prometheus under the uid that the dashboard looks for', () => {
  expect(yamlOf('provisioning/datasources/prometheus.yml')).toMatchObject({
    apiVersion: 1,
    datasources: [{ ...PROVISIONED_DATASOURCE, type: 'prometheus', url: 'http://prometheus:9090' }],
  });
});

test('Grafana is told how often that Prometheus scrapes, so that a rate has a window of seconds', () => {
  const { global } = yamlOf('../prometheus/prometheus.yml') as {
    readonly global: { readonly scrape_interval: string };
  };
  expect(yamlOf('provisioning/datasources/prometheus.yml')).toMatchObject({
    datasources: [{ jsonData: { timeInterval: global.scrape_interval } }],
  });
});

test('the dashboard comes from a directory into a folder, and is not saved from the browser', () => {
  expect(yamlOf('provisioning/dashboards/pool-lab.yml')).toMatchObject({
    apiVersion: 1,
    providers: [
      {
        folder: 'pool-lab',
        type: 'file',
        allowUiUpdates: false,
        options: { path: '/var/lib/grafana/dashboards' },
      },
    ],
  });
});
