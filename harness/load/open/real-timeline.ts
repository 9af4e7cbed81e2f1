import { monotonicClockUs, US_PER_MS } from '../monotonic-clock.ts';
import { startThreadAlarm } from './thread-alarm.ts';
import type { Timeline } from './timeline.ts';

export const realTimeline: Timeline = {
  nowUs: monotonicClockUs,
  at: (us, callback) => {
    let timer: NodeJS.Timeout | undefined;
    const arm = (): void => {
      timer = setTimeout(fire, Math.max(0, Math.ceil((us - monotonicClockUs()) / US_PER_MS)));
    };
    const fire = (): void => {
      // Node's timers may come a fraction of a millisecond before their time.
      if (monotonicClockUs() < us) arm();
      else callback();
    };
    arm();
    return { cancel: () => clearTimeout(timer) };
  },
  alarm: startThreadAlarm,
};
