/* Writes every generated file of the dashboards: `npm run dashboards`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from '../generated-files.ts';

const DASHBOARDS = new URL('../', import.meta.url);

for (const { path, content } of generatedFiles()) {
  writeFileSync(fileURLToPath(new URL(path, DASHBOARDS)), content);
  console.log(`dashboards/${path}`);
}
