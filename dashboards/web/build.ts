import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { type ReportParts, reportDocument } from './report-document.ts';

const APP = fileURLToPath(new URL('app/', import.meta.url));
const REPORT_ENTRY = fileURLToPath(new URL('app/report.tsx', import.meta.url));

type Sources = Pick<ReportParts, 'script' | 'style'>;

/**
 * The report without its data: one HTML document that holds its script and its style, loads nothing,
 * and by its policy runs and fetches nothing else. `REPORT_DATA_PLACEHOLDER` stands in it once.
 *
 * Writes no file. Throws what Vite throws where the sources do not build.
 */
export async function buildReportShell(): Promise<string> {
  const sources = await bundle(REPORT_ENTRY);
  return reportDocument({ ...sources, policy: policyFor(sources) });
}

async function bundle(entry: string): Promise<Sources> {
  const built = await build({
    root: APP,
    configFile: false,
    envFile: false,
    publicDir: false,
    logLevel: 'silent',
    // Spelled out, since NODE_ENV would decide otherwise: the same sources make the same page.
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    define: { 'process.env.NODE_ENV': JSON.stringify('production') },
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      cssCodeSplit: false,
      rolldownOptions: { input: entry, output: { format: 'iife' } },
    },
  });
  const files = outputsOf(built).flatMap(({ output }) => output);
  const { code } = onlyOne(files.filter((file) => file.type === 'chunk'));
  const { source } = onlyOne(files.filter((file) => file.type === 'asset'));
  return { script: inlineable(code), style: inlineable(String(source)) };
}

function outputsOf(built: Awaited<ReturnType<typeof build>>): readonly Rolldown.RolldownOutput[] {
  if (Array.isArray(built)) return built;
  if ('output' in built) return [built];
  throw new Error('Vite watches instead of building');
}

function onlyOne<T>(files: readonly T[]): T {
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) {
    throw new Error(`the page must be one script and one style sheet, not ${files.length} of one`);
  }
  return file;
}

/** Refuses what would end an inline element early, or change how the browser reads on. */
function inlineable(source: string): string {
  const breaking = /<\/(?:script|style)|<!--/i.exec(source);
  if (breaking !== null) throw new Error(`the page's sources must not contain ${breaking[0]}`);
  return source.trim();
}

/** By hash, so that no script but the page's own runs, whatever its data holds. */
function policyFor({ script, style }: Sources): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    // What is no script but could become one, markup given as a string, is refused as well.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashOf(source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`;
}
