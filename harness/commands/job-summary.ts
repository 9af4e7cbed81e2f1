import { appendFileSync, statSync } from 'node:fs';
import type { Io } from '../io.ts';
import { MARKDOWN_BYTES_MAX } from '../report/sweep/sweep-markdown.ts';
import { describeError, systemErrorCode } from '../system-error.ts';

/** With less room nothing worth reading fits. */
const WORTH_WRITING_BYTES = 4_096;

/**
 * Adds a report to the summary of a GitHub job, below what the step wrote there before. Does nothing
 * outside of GitHub Actions.
 *
 * @param markdown the report in at most so many bytes
 * @returns a sentence when there was a summary to write and it could not be written
 */
export function appendJobSummary(
  { env, redactor }: Pick<Io, 'env' | 'redactor'>,
  markdown: (bytesMax: number) => string,
): string | null {
  const path = env['GITHUB_STEP_SUMMARY'] ?? '';
  if (env['GITHUB_ACTIONS'] !== 'true' || path === '') return null;
  try {
    const bytesLeft = MARKDOWN_BYTES_MAX - bytesOf(path);
    if (bytesLeft < WORTH_WRITING_BYTES) {
      return `the job summary ${path} is full: GitHub shows ${MARKDOWN_BYTES_MAX} bytes of a step`;
    }
    // A step that wrote no line break at its end would join its last line with our first.
    appendFileSync(path, redactor.redact(`\n${markdown(bytesLeft - 1)}`));
    return null;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return `the job summary could not be written: ${describeError(error)}`;
  }
}

function bytesOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
