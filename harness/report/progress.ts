import type { LoadProgress } from '../load/load-engine.ts';
import { formatCount } from './format.ts';
import { wrap } from './text-layout.ts';

/** What a long command is doing now. */
export type ProgressEvent =
  /** A new step, in words: `starting PostgreSQL`. */
  | {
      readonly kind: 'step';
      readonly text: string;
      /** Where it is one of many short ones. */
      readonly position?: { readonly done: number; readonly total: number } | undefined;
    }
  /** About once a second while there is load. */
  | {
      readonly kind: 'load';
      /** `warm-up`, `measuring`, `draining`. */
      readonly phase: string;
      readonly totalMs: number;
      /** Open: what was offered and what was dropped is news; closed: neither exists. */
      readonly model: 'closed' | 'open';
      readonly load: Pick<LoadProgress, 'elapsedMs' | 'ledger' | 'good' | 'inFlight'>;
    };

export interface Progress {
  report(event: ProgressEvent): void;
  /** Removes the live line. Nothing is shown afterwards until the next event. */
  end(): void;
}

/** Where progress goes: stderr, so that stdout stays data. */
export interface ProgressOutput {
  write(text: string): void;
  readonly isTty: boolean;
  readonly columns: number;
}

/** In a log, a line a second would drown everything else. */
const PLAIN_LOAD_INTERVAL_MS = 5_000;
/** And so would two hundred lines of the same kind. */
const PLAIN_POSITIONS = 10;

const ERASE_LINE = '\r\u001b[2K';

/** One line that rewrites itself on a terminal; plain lines elsewhere. */
export function createProgress(output: ProgressOutput): Progress {
  return output.isTty ? liveProgress(output) : plainProgress(output);
}

export function progressText(event: ProgressEvent): string {
  if (event.kind === 'step') return event.text;
  const { phase, totalMs, model, load } = event;
  const { elapsedMs, ledger, good, inFlight } = load;
  const seconds = `${Math.floor(elapsedMs / 1_000)}/${Math.ceil(totalMs / 1_000)} s`;
  const offered = model === 'open' ? `${formatCount(ledger.scheduled)} offered, ` : '';
  const dropped = ledger.dropped === 0 ? '' : `, ${formatCount(ledger.dropped)} dropped`;
  return `${phase} ${seconds}: ${offered}${formatCount(ledger.ok)} ok, ${formatCount(good)} in time, ${formatCount(failedOf(ledger))} failed, ${formatCount(inFlight)} in flight${dropped}`;
}

/** Ended, and not by a right answer; what was dropped was never sent. */
function failedOf({
  httpErrors,
  connectionErrors,
  timeouts,
  lost,
}: LoadProgress['ledger']): number {
  return [...Object.values(httpErrors), ...Object.values(connectionErrors)].reduce(
    (sum, count) => sum + count,
    timeouts + lost,
  );
}

function liveProgress(output: ProgressOutput): Progress {
  let shown = false;
  return {
    report(event) {
      // A line that wraps could not be erased: cut it one short of the terminal's width.
      const text = [...progressText(event)].slice(0, Math.max(1, output.columns - 1)).join('');
      output.write(`${ERASE_LINE}${text}`);
      shown = true;
    },
    end() {
      if (shown) output.write(ERASE_LINE);
      shown = false;
    },
  };
}

function plainProgress(output: ProgressOutput): Progress {
  let phase = '';
  let nextAtMs = 0;
  return {
    report(event) {
      if (event.kind === 'load') {
        if (event.phase === phase && event.load.elapsedMs < nextAtMs) return;
        phase = event.phase;
        nextAtMs = event.load.elapsedMs + PLAIN_LOAD_INTERVAL_MS;
      } else {
        phase = '';
        if (!isNews(event.position)) return;
      }
      output.write(`${wrap(progressText(event), { columns: output.columns, indent: 2 })}\n`);
    },
    // Plain lines stay.
    end: () => undefined,
  };
}

/** The first one is, and each that a further tenth begins with. */
function isNews(position: Extract<ProgressEvent, { kind: 'step' }>['position']): boolean {
  if (position === undefined) return true;
  const { done, total } = position;
  const tenth = (count: number): number => Math.floor((count * PLAIN_POSITIONS) / total);
  return done === 1 || tenth(done) > tenth(done - 1);
}
