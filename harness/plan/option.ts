import { ENV_PREFIX, type Option } from './option-table.ts';
import type { ValueParser } from './value-parser.ts';

/** An option whose variable is its flag in capitals. */
export function option<T>(
  flag: string,
  rest: {
    readonly parser: ValueParser<T>;
    readonly defaultValue: NoInfer<T>;
    readonly description: string;
    readonly repeatable?: boolean;
  },
): Option<T> {
  const env = `${ENV_PREFIX}${flag.toUpperCase().replaceAll('-', '_')}`;
  return { flag, env, repeatable: false, ...rest };
}
