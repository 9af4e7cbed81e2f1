import type { PoolKind } from '../../server/contract.ts';
import { type OptionSources, SOURCE_DEFAULT } from './option-table.ts';
import type { PLAN_OPTIONS } from './run-options.ts';

type OptionName = keyof typeof PLAN_OPTIONS;

const QUEUE_ONLY: readonly OptionName[] = [
  'maxWaiting',
  'recycle',
  'prePing',
  'resetOnReturn',
  'poolOrder',
];

/** Options that a kind of pool has no use for. */
const IDLE: Readonly<Record<PoolKind, readonly OptionName[]>> = {
  queue: [],
  plain: QUEUE_ONLY,
  null: ['poolSize', 'maxOverflow', ...QUEUE_ONLY],
};

/** One sentence for each option that was given and that the chosen kind of pool ignores. */
export function idleOptionWarnings(
  kind: PoolKind,
  sources: Pick<OptionSources<typeof PLAN_OPTIONS>, OptionName>,
): readonly string[] {
  return IDLE[kind]
    .map((name) => sources[name])
    .filter((source) => source !== SOURCE_DEFAULT)
    .map((source) => `${source} changes nothing with --pool-kind ${kind}`);
}
