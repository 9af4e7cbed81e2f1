import type { DistanceReading, FaultReading } from '../analysis/trial-machine.ts';
import type { Custodian } from '../custodian.ts';
import { entryPoint } from '../entry-point.ts';
import { LabError } from '../lab-error.ts';
import { forkMeasuring, ProcessLink } from '../load/process-link.ts';
import type { DatabaseFault } from '../plan/database-fault.ts';
import type { Distance } from '../plan/distance.ts';
import type { Target } from './distant-connection.ts';
import { type ProxyCommand, type ProxyReport, proxyReportSchema } from './proxy-message.ts';

/** Node starts in 0.2 to 0.5 s, on a machine that is busy with other things in a few seconds. */
const READY_DEADLINE_MS = 15_000;
/** Starting to listen, or saying what it has counted. */
const ANSWER_DEADLINE_MS = 5_000;

/** Where a database is that is far away. */
export interface DistantDatabase {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Aborted, with a `LabError` as its reason, when the network ends without having been asked to. */
  readonly ended: AbortSignal;
  /** What the network did since the last reading. */
  read(): Promise<DistanceReading>;
  readonly faults: FaultControl;
}

/** Faults on command. */
export interface FaultControl {
  /** @param atUs by `systemClockUs`: what their times are counted from, a moment ago */
  begin(faults: readonly DatabaseFault[], atUs: number): void;
  /** None of them goes on, or begins any more; what they did. */
  end(): Promise<readonly FaultReading[]>;
}

/**
 * Puts a distance between whoever connects to the address given to `use`, and `target`, for as long as
 * that runs. A process of its own carries it, in a group of its own, so that a terminal's Ctrl-C leaves it to
 * the harness.
 *
 * @throws LabError DISTANCE_FAILED
 */
export async function withDistantDatabase<T>(
  asked: { readonly target: Target; readonly distance: Distance; readonly seed: number },
  { custodian }: { readonly custodian: Custodian },
  use: (database: DistantDatabase) => Promise<T>,
): Promise<T> {
  const child = forkMeasuring(entryPoint(import.meta.url, './proxy-process'));
  const link = new ProcessLink<ProxyCommand, ProxyReport>(child, {
    name: 'the process that stands for the network',
    code: 'DISTANCE_FAILED',
    reportSchema: proxyReportSchema,
  });
  if (child.pid !== undefined) {
    const release = custodian.guard({ kind: 'process-group', pid: child.pid });
    void link.exited.then(release);
  }
  const ended = new AbortController();
  let closing = false;
  void link.exited.then((how) => {
    if (closing) return;
    ended.abort(
      new LabError('DISTANCE_FAILED', {
        message: `the process that stands for the network ended in the middle (${how})`,
        hint: 'Without it the API reaches no database: nothing of this trial counts. Run it again.',
      }),
    );
  });
  try {
    await link.ask(null, 'ready', READY_DEADLINE_MS);
    const { distance, seed } = asked;
    // Nothing else that is known of the target: who listens needs no password.
    const target = { host: asked.target.host, port: asked.target.port };
    const command: ProxyCommand = { type: 'listen', target, distance, seed };
    const { port } = await link.ask(command, 'listening', ANSWER_DEADLINE_MS);
    return await use({
      host: '127.0.0.1',
      port,
      pid: child.pid ?? 0,
      ended: ended.signal,
      read: async () => (await link.ask({ type: 'read' }, 'reading', ANSWER_DEADLINE_MS)).reading,
      faults: {
        begin: (faults, atUs) => link.send({ type: 'begin-faults', faults: [...faults], atUs }),
        end: async () =>
          (await link.ask({ type: 'end-faults' }, 'faults-ended', ANSWER_DEADLINE_MS)).faults,
      },
    });
  } finally {
    closing = true;
    await link.close();
  }
}
