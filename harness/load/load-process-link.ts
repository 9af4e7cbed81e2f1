import type { ChildProcess } from 'node:child_process';
import type { LoadProgress } from './load-engine.ts';
import { type LoadCommand, type LoadReport, loadReportSchema } from './load-message.ts';
import { ProcessLink } from './process-link.ts';

/** A stop is answered within 1 s; a process that needs this long is stuck. */
const STOP_DEADLINE_MS = 3_000;

/** The harness's end of the channel to a load process. */
export class LoadProcessLink extends ProcessLink<LoadCommand, LoadReport> {
  onProgress: (progress: LoadProgress) => void = () => undefined;
  onStart: (atUs: number) => void = () => undefined;

  constructor(child: ChildProcess) {
    super(child, { name: 'the load process', reportSchema: loadReportSchema });
  }

  /** While it is held, an abort ends the current run early. */
  stopOn(signal: AbortSignal): Disposable {
    let late: NodeJS.Timeout | undefined;
    const stop = (): void => {
      this.send({ type: 'stop' });
      late = setTimeout(
        () => this.kill(`it did not stop within ${STOP_DEADLINE_MS} ms`),
        STOP_DEADLINE_MS,
      );
    };
    signal.addEventListener('abort', stop, { once: true });
    return {
      [Symbol.dispose]: () => {
        signal.removeEventListener('abort', stop);
        clearTimeout(late);
      },
    };
  }

  protected override onReport(report: LoadReport): void {
    if (report.type === 'progress') this.onProgress(report.progress);
    else if (report.type === 'started') this.onStart(report.atUs);
    else super.onReport(report);
  }
}
