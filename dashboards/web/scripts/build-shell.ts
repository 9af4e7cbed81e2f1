/**
 * Writes the report's shell to the file named as the only argument: `node dashboards/web/scripts/build-shell.ts FILE`.
 */
import { writeFile } from 'node:fs/promises';
import { buildReportShell } from '../build.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('name the file to write');
await writeFile(file, await buildReportShell());
