import type { Answer } from '../account/answer.ts';
import type { Flight } from '../account/flight.ts';
import type { Ending } from '../account/ledger.ts';
import { RunRecorder } from '../account/run-recorder.ts';

export const right: Answer = {
  errorClass: null,
  refusalReason: null,
  worker: '1',
  serverTiming: {},
};
export const refused: Answer = {
  ...right,
  errorClass: 'too_many_connections',
  refusalReason: 'reserved',
  worker: '2',
};

export const answered = (answer: Answer): Ending => ({ kind: 'answered', answer });
export const lost: Ending = { kind: 'lost' };
export const timedOut: Ending = { kind: 'timed_out' };
export const unanswered: Ending = { kind: 'unanswered' };
export const notConnected: Ending = { kind: 'not_connected', code: 'ECONNREFUSED' };

/** A recorder on a clock that the test moves, started at a moment that is not zero. */
export function startRecorder(
  changes: Partial<Omit<ConstructorParameters<typeof RunRecorder>[0], 'clock'>> = {},
) {
  let nowUs = 123_456;
  const recorder = new RunRecorder({
    clock: () => nowUs,
    durationMs: 10_000,
    goodputDeadlineMs: 100,
    ...changes,
  });
  recorder.start();
  const at = (ms: number): RunRecorder => {
    nowUs = 123_456 + ms * 1000;
    return recorder;
  };
  return {
    recorder,
    at,
    /** A request that is sent the moment it is due. */
    send: (ms: number): Flight => {
      const flight = at(ms).begin();
      recorder.sent(flight);
      return flight;
    },
  };
}
