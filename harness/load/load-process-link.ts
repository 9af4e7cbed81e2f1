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
  readonly #switches = new Map<number, () => void>();
  #switchId = 0;

  constructor(child: ChildProcess) {
    super(child, { name: 'the load process', reportSchema: loadReportSchema });
  }

  /** Resolves when the current run has switched, see `RunControl`, or at the next `endSwitches`. */
  async switchOrigin(origin: string): Promise<void> {
    const switched = Promise.withResolvers<void>();
    this.#switchId += 1;
    this.#switches.set(this.#switchId, switched.resolve);
    this.send({ type: 'switch', switchId: this.#switchId, origin });
    await switched.promise;
  }

  /** The run is over, and with it all its switches. */
  endSwitches(): void {
    for (const resolve of this.#switches.values()) resolve();
    this.#switches.clear();
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
    else if (report.type === 'switched') this.#onSwitched(report.switchId);
    else super.onReport(report);
  }

  #onSwitched(switchId: number): void {
    this.#switches.get(switchId)?.();
    this.#switches.delete(switchId);
  }
}
