import type { PoolKind } from '../../server/contract.ts';
import { commandWords } from './command-words.ts';
import {
  type OptionSources,
  type OptionValues,
  type Problem,
  type RawEnv,
  SOURCE_DEFAULT,
} from './option-table.ts';
import type { PLAN_OPTIONS } from './run-options.ts';
import { type FilledIn, filledInBy } from './service-asked.ts';
import { SERVICE_OPTIONS } from './service-options.ts';
import { placeholdersOf } from './service-parser.ts';

/** Of a service that the lab starts. */
const OF_A_COMMAND = [
  'env',
  'shell',
  'serviceDirectory',
  'readyPath',
  'readyTimeout',
  'stopTimeout',
] as const satisfies readonly (keyof typeof SERVICE_OPTIONS)[];
/** Of any service of the user's own. */
const OF_A_SERVICE = [
  'serviceMetrics',
  'request',
] as const satisfies readonly (keyof typeof SERVICE_OPTIONS)[];

/** Commands that start what they measure anew; the others keep an API of the lab's own. */
const STARTING: readonly string[] = ['run', 'sweep', 'init', 'config'];

/** The parts of a shape that a sweep varies. */
export type ShapeAxes = Readonly<Record<keyof FilledIn, readonly number[]>>;

type Sources = OptionSources<typeof SERVICE_OPTIONS> &
  Pick<OptionSources<typeof PLAN_OPTIONS>, 'poolKind' | keyof FilledIn>;

/**
 * What a service of the user's own does not go together with, and what means nothing without one.
 *
 * @param asked `poolKinds`, `axes`: one value each but in a sweep; `runs`: a service that runs already is driven
 */
export function serviceProblems(
  values: OptionValues<typeof SERVICE_OPTIONS>,
  sources: Sources,
  asked: {
    readonly command: string;
    readonly poolKinds: readonly PoolKind[];
    readonly axes: ShapeAxes;
    readonly runs: boolean;
  },
): readonly Problem[] {
  if (values.command === null) {
    // One that could not be read is a problem already, and not missing.
    return sources.command === SOURCE_DEFAULT ? withoutService(values, sources, asked.runs) : [];
  }
  if (!STARTING.includes(asked.command)) {
    return [
      {
        field: '--command',
        value: values.command,
        source: sources.command,
        problem: `is not for ${asked.command}, which keeps an API of the lab's own`,
        remedy: 'use pool-lab run or pool-lab sweep, or leave it out',
      },
    ];
  }
  return [
    ...shellProblems(values, sources),
    ...poolKindProblems(asked.poolKinds, sources),
    ...axisProblems(values, sources, asked),
    ...poolTotalProblems(values, sources, asked),
  ];
}

/** Variables that are handed on by their names from an environment that lacks them. */
export function passedProblems(
  { command, env }: Pick<OptionValues<typeof SERVICE_OPTIONS>, 'command' | 'env'>,
  sources: Pick<Sources, 'env'>,
  environment: RawEnv,
): readonly Problem[] {
  if (command === null) return [];
  return env.pass
    .filter((name) => environment[name] === undefined)
    .map((name) => ({
      field: '--env',
      value: name,
      source: sources.env,
      problem: 'hands on what is not set where the lab runs',
      remedy: `set it before the lab is started, or give it a value: --env ${name}=…`,
    }));
}

/** Said before anything is started for it. */
function shellProblems(
  { command, shell }: OptionValues<typeof SERVICE_OPTIONS>,
  sources: Sources,
): readonly Problem[] {
  const words = shell || command === null ? null : commandWords(command);
  if (words === null || words.ok) return [];
  return [
    {
      field: '--command',
      value: command ?? '',
      source: sources.command,
      problem: words.problem,
      remedy: 'add --shell to have sh run it, or quote what is meant as it stands',
    },
  ];
}

/** What stands for no limit differs from pool to pool. */
function poolTotalProblems(
  { command, env }: OptionValues<typeof SERVICE_OPTIONS>,
  sources: Sources,
  { axes }: { readonly axes: ShapeAxes },
): readonly Problem[] {
  const texts = [command ?? '', ...Object.values(env.set)];
  if (!texts.some((text) => placeholdersOf(text).includes('poolTotal'))) return [];
  const limits = { poolSize: 1, maxOverflow: 0 } as const;
  return (['poolSize', 'maxOverflow'] as const)
    .filter((name) => axes[name].some((value) => value < limits[name]))
    .map((name) => ({
      field: `--${PLACEHOLDERS_OF[name].flag}`,
      value: axes[name].join(','),
      source: sources[name],
      problem: 'is unlimited, for which {poolTotal} has no number',
      remedy: `give ${limits[name]} or more, or fill in {poolSize} and {maxOverflow}`,
    }));
}

function withoutService(
  values: OptionValues<typeof SERVICE_OPTIONS>,
  sources: Sources,
  runs: boolean,
): readonly Problem[] {
  const names = runs ? OF_A_COMMAND : [...OF_A_COMMAND, ...OF_A_SERVICE];
  return names
    .filter((name) => sources[name] !== SOURCE_DEFAULT)
    .map((name) => ({
      field: `--${SERVICE_OPTIONS[name].flag}`,
      value: valueShown(name, values),
      source: sources[name],
      problem: 'is of a service of yours, and none was named',
      remedy:
        name === 'request' || name === 'serviceMetrics'
          ? "add --command 'how it is started --port {port}' or --target with its address, or leave it out"
          : "add --command 'how it is started --port {port}', or leave it out",
    }));
}

/** As it was given; of variables only the names, since what they hold may be a secret. */
function valueShown(
  name: (typeof OF_A_COMMAND)[number] | (typeof OF_A_SERVICE)[number],
  values: OptionValues<typeof SERVICE_OPTIONS>,
): string {
  switch (name) {
    case 'env':
      return [...Object.keys(values.env.set), ...values.env.pass].join(' ');
    case 'readyTimeout':
    case 'stopTimeout':
      return SERVICE_OPTIONS[name].parser.print(values[name]);
    case 'request':
      return values.request.map((it) => it.name).join(' ');
    case 'shell':
      return values.shell ? 'yes' : 'no';
    case 'serviceDirectory':
    case 'serviceMetrics':
      return values[name] ?? 'none';
    case 'readyPath':
      return values.readyPath;
    default:
      return name satisfies never;
  }
}

/** The arithmetic follows the pool, and a service's has a size and an overflow, which may be none. */
function poolKindProblems(poolKinds: readonly PoolKind[], sources: Sources): readonly Problem[] {
  const other = poolKinds.find((kind) => kind !== 'queue');
  if (other === undefined) return [];
  return [
    {
      field: '--pool-kind',
      value: poolKinds.join(','),
      source: sources.poolKind,
      problem: "is a pool of the lab's own API, and a service has its own",
      remedy: 'leave it out; of a pool with one number fill {poolTotal} in, with --max-overflow 0',
    },
  ];
}

const PLACEHOLDERS_OF: Readonly<
  Record<keyof FilledIn, { readonly flag: string; readonly placeholder: string }>
> = {
  workers: { flag: 'workers', placeholder: '{workers}' },
  poolSize: { flag: 'pool-size', placeholder: '{poolSize}' },
  maxOverflow: { flag: 'max-overflow', placeholder: '{maxOverflow}' },
};

/** Cells that differ in what nothing is told of would be the same service, measured again. */
function axisProblems(
  values: OptionValues<typeof SERVICE_OPTIONS>,
  sources: Sources,
  { axes }: { readonly axes: ShapeAxes },
): readonly Problem[] {
  const filled = filledInBy(values);
  const names = ['workers', 'poolSize', 'maxOverflow'] as const;
  return names
    .filter((name) => axes[name].length > 1 && !filled[name])
    .map((name) => {
      const { flag, placeholder } = PLACEHOLDERS_OF[name];
      return {
        field: `--${flag}`,
        value: axes[name].join(','),
        source: sources[name],
        problem: 'reaches the service by nothing, so that all its values would be the same',
        remedy: `use ${placeholder} in --command or --env, or give one value, that of the service`,
      };
    });
}
