import { join } from 'node:path';
import type { SweepResult } from '../analysis/sweep/sweep-result.ts';
import type { Io } from '../io.ts';
import { LabError } from '../lab-error.ts';
import { formatBytes } from '../report/format.ts';
import { sweepHtml } from '../report/html/sweep-html.ts';
import { createPaint } from '../report/paint.ts';
import { shellWord } from '../report/sweep/shell-word.ts';
import { sweepJson } from '../report/sweep/sweep-json.ts';
import { sweepMarkdown } from '../report/sweep/sweep-markdown.ts';
import { sweepTerminal } from '../report/sweep/sweep-terminal.ts';
import { writeReportFile } from '../report-file.ts';
import type { ReportShellDeps } from '../report-shell.ts';
import { readRun } from '../store/read-run.ts';
import type { StoreDeps } from '../store/store-deps.ts';
import { sweepResultOfRun } from '../store/sweep-result-of-run.ts';
import { appendJobSummary } from './job-summary.ts';

/**
 * The reports that a sweep leaves: the answer on stdout, the page in the run directory, and under GitHub
 * Actions the job's summary. All are made from what is stored. A page or a summary that cannot be
 * written is a warning: the answer is there, and either can be made again.
 */
export async function writeSweepReports(
  { directory }: { readonly directory: string },
  options: {
    readonly io: Io;
    readonly json: boolean;
    readonly labParent: string;
    readonly store: Pick<StoreDeps, 'files'>;
    /** `null`: no page is wanted now. */
    readonly shell: ((deps: ReportShellDeps) => Promise<string>) | null;
  },
): Promise<SweepResult> {
  const { io, json, labParent, store, shell } = options;
  const result = sweepResultOfRun(readRun(directory, store.files));
  io.stdout.write(
    json
      ? sweepJson(result)
      : sweepTerminal(result, {
          directory,
          columns: io.stdout.columns,
          paint: createPaint(io.stdout.color),
        }),
  );
  const problem = appendJobSummary(io, (bytesMax) =>
    sweepMarkdown(result, { directory, bytesMax }),
  );
  if (problem !== null) io.stderr.write(`${problem}\n`);
  if (shell !== null) await writePage(result, { directory, io, labParent, shell });
  return result;
}

async function writePage(
  result: SweepResult,
  options: {
    readonly directory: string;
    readonly io: Io;
    readonly labParent: string;
    readonly shell: (deps: ReportShellDeps) => Promise<string>;
  },
): Promise<void> {
  const { directory, io, labParent, shell } = options;
  const path = join(directory, 'report.html');
  try {
    const page = sweepHtml(result, {
      shell: await shell({ labParent, signal: io.signal }),
      redact: (text) => io.redactor.redact(text),
      runDirectory: directory,
    });
    const bytes = await writeReportFile(path, page, { link: 'replace' });
    io.stderr.write(`every cell and curve: ${path} (${formatBytes(bytes)})\n`);
  } catch (error) {
    // Stopped while it was built: the signal's own end is next.
    if (io.signal.aborted) return;
    if (!(error instanceof LabError)) throw error;
    // `--out` of a sweep is its run directory, not the place of a page.
    const remedy =
      error.code === 'REPORT_UNWRITABLE'
        ? `make it where there is room: npx pool-lab report ${shellWord(directory)} --format html --out FILE`
        : error.hint;
    io.stderr.write(`no page was made: ${error.message}\n→ ${remedy}\n`);
  }
}
