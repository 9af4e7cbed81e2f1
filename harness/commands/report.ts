import { join } from 'node:path';
import type { SweepResult } from '../analysis/sweep/sweep-result.ts';
import { EXIT_CODE } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { favorLittleMemory } from '../modest-memory.ts';
import { readOptions, SOURCE_DEFAULT } from '../plan/option-table.ts';
import { problemError } from '../plan/problem-error.ts';
import { formatBytes } from '../report/format.ts';
import { sweepHtml } from '../report/html/sweep-html.ts';
import { createPaint } from '../report/paint.ts';
import { sweepCsv } from '../report/sweep/sweep-csv.ts';
import { sweepJson } from '../report/sweep/sweep-json.ts';
import { sweepMarkdown } from '../report/sweep/sweep-markdown.ts';
import { sweepTerminal } from '../report/sweep/sweep-terminal.ts';
import { writeReportFile } from '../report-file.ts';
import { type ReportShellDeps, reportShell } from '../report-shell.ts';
import { DISK_FILES } from '../store/disk-files.ts';
import { readRun } from '../store/read-run.ts';
import type { StoreFiles } from '../store/store-files.ts';
import { sweepResultOfRun } from '../store/sweep-result-of-run.ts';
import type { Command } from './command.ts';
import { REPORT_OPTIONS, type ReportFormat, STDOUT } from './report-options.ts';

/** Width of a terminal report in a file: nobody knows who reads it. */
const FILE_COLUMNS = 80;

/** What reports are made with. */
export interface ReportParts {
  readonly shell: (deps: ReportShellDeps) => Promise<string>;
  /** Where run directories are. */
  readonly files: StoreFiles;
}

export const reportCommand: Command = createReportCommand({
  shell: reportShell,
  files: DISK_FILES,
});

/** Makes any report of a sweep from its run directory, at any time, also while it is going on. */
export function createReportCommand({ shell, files }: ReportParts): Command {
  return {
    name: 'report',
    summary: 'any report of a sweep, made again from its run directory',
    operands: [{ name: 'run', description: "the sweep's run directory", required: true }],
    options: REPORT_OPTIONS,
    examples: [
      {
        line: 'pool-lab report pool-lab-runs/mine',
        shows: 'the answer, its maps and what they rest on',
      },
      {
        line: 'pool-lab report pool-lab-runs/mine --format html',
        shows: 'one file with every cell and curve, to open in a browser or to send',
      },
      {
        line: 'pool-lab report pool-lab-runs/mine --format junit --out sweep.xml',
        shows: 'for a pipeline: a case for each threshold and cell',
      },
    ],
    async run(flags, io, operands) {
      const { values, sources, problems } = readOptions(REPORT_OPTIONS, { flags, env: io.env });
      const contradicting =
        values.json && sources.format !== SOURCE_DEFAULT && values.format !== 'json';
      const all = contradicting
        ? [
            ...problems,
            {
              field: '--format',
              value: values.format,
              source: '--format',
              problem: 'contradicts --json, which is --format json',
              remedy: 'give one of them',
            },
          ]
        : problems;
      if (all.length > 0) throw problemError(all, 'report');
      const format = values.json ? 'json' : values.format;
      const directory = operands[0] ?? '';
      const run = readRun(directory, files);
      using _ = favorLittleMemory(run.measured.size);
      const result = sweepResultOfRun(run);
      const out =
        values.out === STDOUT
          ? null
          : (values.out ?? (format === 'html' ? join(directory, 'report.html') : null));
      const text = await reportText(result, {
        format,
        directory,
        io,
        toFile: out !== null,
        page: () => shell({ labParent: values.directory, signal: io.signal }),
      });
      if (out === null) {
        io.stdout.write(text);
      } else {
        // The page took the secrets out of its data; its script must stay as it is.
        const clean = format === 'html' ? text : io.redactor.redact(text);
        const bytes = await writeReportFile(out, clean, {
          link: values.out === null ? 'replace' : 'follow',
        });
        io.stdout.write(
          values.json
            ? `${JSON.stringify({ format, file: out, bytes })}\n`
            : `${format} report of ${formatBytes(bytes)}: ${out}\n`,
        );
      }
      // It tells what was measured, and judges nothing: that is the sweep's own exit status.
      return EXIT_CODE.ok;
    },
  };
}

async function reportText(
  result: SweepResult,
  {
    format,
    directory,
    io,
    toFile,
    page,
  }: {
    readonly format: ReportFormat;
    readonly directory: string;
    readonly io: Io;
    readonly toFile: boolean;
    readonly page: () => Promise<string>;
  },
): Promise<string> {
  switch (format) {
    case 'terminal':
      return sweepTerminal(result, {
        directory,
        columns: toFile ? FILE_COLUMNS : io.stdout.columns,
        paint: createPaint(!toFile && io.stdout.color),
      });
    case 'markdown':
      return sweepMarkdown(result, { directory });
    case 'csv':
      return sweepCsv(result);
    case 'json':
      return sweepJson(result);
    case 'junit': {
      // What builds it is slow to load, and every start of the program would pay for it.
      const { sweepJunit } = await import('../report/sweep/sweep-junit.ts');
      return sweepJunit(result);
    }
    case 'html': {
      const redact = (secret: string): string => io.redactor.redact(secret);
      return sweepHtml(result, { shell: await page(), runDirectory: directory, redact });
    }
  }
}
