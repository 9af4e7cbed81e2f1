#!/usr/bin/env node
// Plain JavaScript that any Node from 12 on can parse, because saying "too old" is its first job.
const OLDEST_NODE_MAJOR = 24;
// EXIT_CODE.environment, which stands in TypeScript: not to be imported before the check.
const EXIT_ENVIRONMENT = 3;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE_MAJOR) {
  const root = require('node:path').join(__dirname, '..');
  // A clone has its own after npm ci, which npx finds from inside the clone only.
  const hasOwn = require('node:fs').existsSync(`${root}/node_modules/node/bin/node`);
  const remedy = hasOwn
    ? `start npx pool-lab in ${root}, which has one, and say where your service is with --service-directory`
    : 'install one from nodejs.org or with your version manager';
  process.stderr.write(
    `pool-lab needs Node ${OLDEST_NODE_MAJOR} or newer, this is ${process.version} ` +
      `(${process.execPath}): ${remedy}.\n`,
  );
  process.exitCode = EXIT_ENVIRONMENT;
} else {
  // A clone runs its TypeScript. The package holds the same tree compiled and no .ts file, because
  // Node strips no types under node_modules. A rejection ends the process with its stack: a bug.
  const { existsSync } = require('node:fs');
  const { join } = require('node:path');
  const { pathToFileURL } = require('node:url');
  const source = join(__dirname, 'cli.ts');
  const compiled = join(__dirname, '..', 'dist', 'harness', 'cli.js');
  void import(pathToFileURL(existsSync(source) ? source : compiled).href);
}
