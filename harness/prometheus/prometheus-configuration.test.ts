import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { optional } from '../test/optional.ts';
import { detectPrometheus } from '../test/prometheus-binaries.ts';
import { labRulesPath } from './dashboard-files.ts';
import { prometheusConfiguration } from './prometheus-configuration.ts';

const prometheus = await optional('prometheus', detectPrometheus);
const targets = { api: '127.0.0.1:1', harness: '127.0.0.1:2' };

test('API and harness are scraped every second, and nobody else is told or asked', () => {
  expect(JSON.parse(prometheusConfiguration(targets, ['rules.yml']))).toEqual({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    scrape_configs: [
      {
        job_name: 'pool-lab-api',
        metrics_path: '/metrics',
        static_configs: [{ targets: ['127.0.0.1:1'] }],
      },
      {
        job_name: 'pool-lab-harness',
        metrics_path: '/metrics',
        static_configs: [{ targets: ['127.0.0.1:2'] }],
      },
    ],
  });
});

prometheus.test('Prometheus takes it, with the rules of the lab', () => {
  const directory = mkdtempSync(join(tmpdir(), 'pool-lab-configuration-'));
  try {
    const file = join(directory, 'prometheus.yml');
    writeFileSync(file, prometheusConfiguration(targets, [labRulesPath()]));
    const said = execFileSync(prometheus.get().promtool, ['check', 'config', file], {
      encoding: 'utf8',
    });
    expect(said).toMatch(/SUCCESS: 1 rule files found/);
    expect(said).toMatch(/SUCCESS: .*prometheus\.yml is valid/);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
