import type { DemoResult } from '../scenarios/demo.ts';

export const DEMO_SCHEMA_VERSION = 1;

/** The whole demo, not rounded: every trial in the form of the published schema, and the ratios. */
export function demoJson(demo: DemoResult): string {
  return `${JSON.stringify({ schemaVersion: DEMO_SCHEMA_VERSION, ...demo }, null, 2)}\n`;
}
