import { type OptionTable, type ReadOptions, SOURCE_DEFAULT } from '../../plan/option-table.ts';

/** One setting as it is used. */
export interface ExplainedSetting {
  /** Its flag, without dashes. */
  readonly setting: string;
  /** As it would be typed; lists and ranges as the values they stand for. */
  readonly value: string;
  /** Its flag, its variable, `file:line:column`, or `default`. */
  readonly source: string;
  readonly default: string;
  /** Differs from the default, whoever says so. */
  readonly changed: boolean;
}

/** Every setting of the table; those that were given first, each part in the order of the help. */
export function explainedSettings(
  table: OptionTable,
  read: Pick<ReadOptions<OptionTable>, 'values' | 'sources'>,
): readonly ExplainedSetting[] {
  const values: Readonly<Record<string, unknown>> = read.values;
  const settings = Object.entries(table).map(([name, { flag, parser, defaultValue }]) => {
    const value = parser.print(values[name]);
    const byDefault = parser.print(defaultValue);
    const source = read.sources[name] ?? SOURCE_DEFAULT;
    return { setting: flag, value, source, default: byDefault, changed: value !== byDefault };
  });
  const given = settings.filter(({ source }) => source !== SOURCE_DEFAULT);
  return [...given, ...settings.filter(({ source }) => source === SOURCE_DEFAULT)];
}
