import type { LabError } from '../lab-error.ts';
import type { ServiceCommand } from '../plan/service.ts';
import { placeholdersOf } from '../plan/service-parser.ts';
import { pause } from '../runner/pause.ts';
import { listenersOf } from './listeners.ts';
import { endedEarly, notAnswering } from './not-ready.ts';
import { type Answer, askOnce, isReady } from './readiness.ts';
import type { ServiceProcess } from './service-process.ts';

const POLL_MS = 50;
/** A first answer may take long; each time it is given twice as long, so that a slow one comes through. */
const FIRST_ANSWER_MS = 1_000;
/** After so long it is said what is waited for. */
const WAITING_TOLD_AFTER_MS = 5_000;
/** What it wrote last is still in the pipe when it has ended. */
const LAST_WORDS_MS = 1_000;

/** `null` when it is ready; rejects when the user gave up. */
export async function untilReady(
  started: ServiceProcess,
  {
    service,
    port,
    signal,
    warn,
  }: {
    readonly service: ServiceCommand;
    readonly port: number;
    readonly signal: AbortSignal;
    readonly warn: (sentence: string) => void;
  },
): Promise<LabError | null> {
  const { readyPath: path, readyTimeoutMs } = service;
  const knowsPort = usesPort(service);
  const startMs = performance.now();
  const waitedMs = (): number => performance.now() - startMs;
  let answerMs = FIRST_ANSWER_MS;
  let last: Answer | null = null;
  let isTold = false;
  for (;;) {
    const leftMs = readyTimeoutMs - waitedMs();
    const asking = askOnce({
      port,
      path,
      deadlineMs: Math.max(1, Math.min(answerMs, leftMs)),
      signal,
    });
    // One that ends does not answer any more; one that made itself a daemon does.
    const answer = await (started.exit() === null
      ? Promise.race([asking, started.exited.then((): Answer => ({ kind: 'refused' }))])
      : asking);
    signal.throwIfAborted();
    if (isReady(answer)) return null;
    if (answer.kind === 'silent' && leftMs > answerMs) answerMs *= 2;
    // That the time was up in the middle of an answer says less than the answer before it, if there was one.
    const isCut = answer.kind === 'silent' && leftMs <= FIRST_ANSWER_MS;
    if (!isCut || last === null || last.kind === 'refused') last = answer;
    const left = started.tree.look();
    const exit = started.exit();
    // A first process that ends in order may leave its work to others; one that fails does not.
    if (exit !== null && (exit.code !== 0 || left.length === 0)) {
      await started.output.drained(LAST_WORDS_MS);
      return endedEarly(exit, {
        lines: started.output.lastLines(),
        refusals: started.output.said().refusals,
        shown: started.shown,
      });
    }
    const isLate = waitedMs() >= readyTimeoutMs;
    const listeners = isLate || !knowsPort ? listenersOf(left.map(({ pid }) => pid)) : null;
    // It cannot know the port, and has chosen another: waiting would change nothing.
    const isElsewhere = !knowsPort && answer.kind === 'refused' && (listeners?.length ?? 0) > 0;
    if (isElsewhere || isLate) {
      return notAnswering({
        answer: last,
        listeners,
        port,
        usesPort: knowsPort,
        path,
        waitedMs: waitedMs(),
        lines: started.output.lastLines(),
        shown: started.shown,
      });
    }
    if (!isTold && answer.kind === 'status' && waitedMs() > WAITING_TOLD_AFTER_MS) {
      isTold = true;
      warn(
        `the service answers ${path} with status ${answer.status}; waiting for one below 400, up to ${readyTimeoutMs / 1_000} s (--ready-path names another path)`,
      );
    }
    await pause(POLL_MS, signal);
    signal.throwIfAborted();
  }
}

/** Whether it is told where to listen. */
export function usesPort({ command, env }: ServiceCommand): boolean {
  return [command, ...Object.values(env)].some((text) => placeholdersOf(text).includes('port'));
}
