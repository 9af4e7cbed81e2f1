import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

/*
 * Every ban of biome.json has a committed violation. In Biome a narrower override replaces a rule's
 * options, so that the exemption of one file can silently drop another ban for it; what a file at
 * a given path may do is therefore tested at that path. In a fixture a line that must be refused
 * ends in `// refused: <rules>`, or follows a line `// refused below: <rules>` where a comment of
 * its own would excuse it; every other line must be accepted.
 */

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURES = fileURLToPath(new URL('lint-fixtures', import.meta.url));
const REFUSED = /\/\/ refused(?<below> below)?: (?<rules>\w+(?:, \w+)*)$/;

const biomeReport = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string(),
      location: z.object({ path: z.string(), start: z.object({ line: z.int() }) }),
    }),
  ),
});

const fixtures = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort();
let refusedByFile: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  refusedByFile = await lintAtImitatedPaths();
});

test.each(fixtures)('%s is refused where it says so and nowhere else', async (path) => {
  const source = await readFile(join(FIXTURES, path), 'utf8');
  expect(refusedByFile.get(path) ?? []).toEqual(expectedRefusals(source));
});

test('each house rule has a fixture that it refuses', async () => {
  const sources = await Promise.all(fixtures.map((path) => readFile(join(FIXTURES, path), 'utf8')));
  const refused = new Set(
    sources.flatMap(expectedRefusals).map((line) => line.slice(line.indexOf(' ') + 1)),
  );
  expect([...refused].sort()).toEqual([...HOUSE_RULES].sort());
});

/** The bans of the style page and of the architecture; other rules are Biome's own to prove. */
const HOUSE_RULES = [
  'noBarrelFile',
  'noCommonJs',
  'noConsole',
  'noDefaultExport',
  'noEmptyBlockStatements',
  'noEnum',
  'noExplicitAny',
  'noFloatingPromises',
  'noForEach',
  'noImportCycles',
  'noJsRestrictedProperties',
  'noMisusedPromises',
  'noNamespace',
  'noNonNullAssertion',
  'noParameterAssign',
  'noParameterProperties',
  'noReExportAll',
  'noRestrictedGlobals',
  'noRestrictedImports',
  'noUndeclaredDependencies',
  'noUnsafeTypeAssertion',
  'noUnusedImports',
  'noUnusedVariables',
  'useExhaustiveSwitchCases',
  'useFilenamingConvention',
  'useImportType',
  'useNodejsImportProtocol',
  'useThrowOnlyError',
];

function expectedRefusals(source: string): readonly string[] {
  return source.split('\n').flatMap((line, index) => {
    const marker = REFUSED.exec(line)?.groups;
    const refused = index + (marker?.['below'] === undefined ? 1 : 2);
    return (marker?.['rules'] ?? '')
      .split(', ')
      .filter(Boolean)
      .map((rule) => `${refused} ${rule}`);
  });
}

/** Lays all fixtures where they pretend to be, under the project's own settings, and lints them. */
async function lintAtImitatedPaths(): Promise<ReadonlyMap<string, readonly string[]>> {
  const tree = await mkdtemp(join(tmpdir(), 'pool-lab-lint-'));
  try {
    await cp(FIXTURES, tree, { recursive: true });
    for (const settings of ['biome.json', 'package.json', '.gitignore']) {
      await cp(join(PROJECT, settings), join(tree, settings));
    }
    return groupByFile(await biomeLint(tree));
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/** Biome's exit status is a failure whenever it refuses something, which here it always does. */
async function biomeLint(tree: string): Promise<z.infer<typeof biomeReport>> {
  const biome = join(PROJECT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'],
    { cwd: tree, maxBuffer: 16 * 1024 * 1024 },
  ).catch((error: unknown) => z.object({ stdout: z.string() }).parse(error));
  return biomeReport.parse(JSON.parse(stdout));
}

/** `<line> <rule>` of each file, sorted; two findings of one rule on one line are one refusal. */
function groupByFile(report: z.infer<typeof biomeReport>): ReadonlyMap<string, readonly string[]> {
  const refusals = Map.groupBy(report.diagnostics, ({ location }) => location.path);
  return new Map(
    [...refusals].map(([path, found]) => [
      path,
      [
        ...new Set(
          found
            .map(({ category, location }) => ({
              // Line 0 is Biome's way to refuse the file as such, e.g. its name.
              line: Math.max(1, location.start.line),
              rule: category.slice(category.lastIndexOf('/') + 1),
            }))
            .sort((a, b) => a.line - b.line || a.rule.localeCompare(b.rule))
            .map(({ line, rule }) => `${line} ${rule}`),
        ),
      ],
    ]),
  );
}
