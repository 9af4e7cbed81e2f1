import { type LoadTable, openLoopOption } from './load-model-choice.ts';
import { LOAD_OPTIONS } from './load-options.ts';
import {
  type OptionValues,
  type Problem,
  type ReadOptions,
  SOURCE_DEFAULT,
} from './option-table.ts';

type Values = OptionValues<LoadTable>;

/** Options of the load that can get in each other's way, as they would be typed. */
const PRINTED = {
  connections: (values: Values) => LOAD_OPTIONS.connections.parser.print(values.connections),
  thinkTime: (values: Values) => LOAD_OPTIONS.thinkTime.parser.print(values.thinkTime),
  rate: (values: Values) => LOAD_OPTIONS.rate.parser.print(values.rate),
  stages: (values: Values) => LOAD_OPTIONS.stages.parser.print(values.stages),
  duration: (values: Values) => LOAD_OPTIONS.duration.parser.print(values.duration),
  threads: (values: Values) => LOAD_OPTIONS.threads.parser.print(values.threads),
  maxInFlight: (values: Values) => LOAD_OPTIONS.maxInFlight.parser.print(values.maxInFlight),
} as const;
type Name = keyof typeof PRINTED;

/**
 * What only two settings of the load together get wrong. Those wrong on their own are left out.
 *
 * @param shown what a setting is shown as where it has more values than the one that is looked at
 */
export function loadProblems(
  { values, sources, problems }: Pick<ReadOptions<LoadTable>, 'values' | 'sources' | 'problems'>,
  shown: { readonly [N in Name]?: string } = {},
): readonly Problem[] {
  const wrong = new Set(problems.map(({ field }) => field));
  const sound = (name: Name): boolean => !wrong.has(`--${LOAD_OPTIONS[name].flag}`);
  const given = (name: Name): boolean => sources[name] !== SOURCE_DEFAULT && sound(name);
  const conflict = (names: readonly Name[], problem: string, remedy: string): Problem => ({
    field: names.map((name) => `--${LOAD_OPTIONS[name].flag}`).join(', '),
    value: names.map((name) => shown[name] ?? PRINTED[name](values)).join(', '),
    source: names.map((name) => sources[name]).join(', '),
    problem,
    remedy,
  });
  const open = openLoopOption(values);
  const closed = (['connections', 'thinkTime'] as const).filter(given);
  const found: Problem[] = [];
  if (values.rate !== null && values.stages !== null) {
    found.push(
      conflict(
        ['rate', 'stages'],
        'are two rates for the same time',
        'give one of them: stages say everything that a rate can',
      ),
    );
  }
  if (open !== null && closed.length > 0) {
    found.push(
      conflict(
        [open, ...closed],
        'ask for the open and the closed loop at once',
        `keep --${open} (users arrive whatever the answers do) or leave it out (clients wait for their answers)`,
      ),
    );
  }
  if (values.stages !== null && given('duration')) {
    found.push(
      conflict(
        ['stages', 'duration'],
        'both say how long the window is',
        'leave --duration out: each stage has its own',
      ),
    );
  }
  if (
    open !== null &&
    sound('threads') &&
    sound('maxInFlight') &&
    values.threads > values.maxInFlight
  ) {
    found.push(
      conflict(
        ['threads', 'maxInFlight'],
        'leave a thread without a connection',
        'give at most as many threads as connections, which they share',
      ),
    );
  }
  return found;
}
