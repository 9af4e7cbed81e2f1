import type { Io, Output } from '../io.ts';
import { createRedactor } from '../report/redactor.ts';

export interface RecordingIo extends Io {
  stdoutText(): string;
  stderrText(): string;
}

/** An Io that keeps what was written, redacted as the process would. */
export function recordingIo(
  options: {
    readonly env?: Io['env'];
    readonly signal?: AbortSignal;
    readonly columns?: number;
    readonly isTty?: boolean;
  } = {},
): RecordingIo {
  const redactor = createRedactor();
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written): Output => ({
    write: (text) => {
      written[name] += redactor.redact(text);
    },
    isTty: options.isTty ?? false,
    color: false,
    columns: options.columns ?? 80,
  });
  return {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: options.env ?? {},
    signal: options.signal ?? new AbortController().signal,
    redactor,
    stdoutText: () => written.stdout,
    stderrText: () => written.stderr,
  };
}
