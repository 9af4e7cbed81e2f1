import type { Option } from '../option-table.ts';
import { REQUEST_SCHEMAS } from '../requests/request-schema.ts';
import type { ValueSchema } from '../value-schema.ts';
import { SWEEP_PLAN_OPTIONS } from './sweep-options.ts';

/**
 * The published JSON Schema of `pool-lab.yaml`, for editors: draft 07, which they understand best. It
 * describes every file that is read, but not every mistake: what only several settings together get wrong,
 * or a threshold that nobody understands, the command tells.
 */
export function poolLabYamlSchema(): string {
  const document = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Settings of pool-lab sweep',
    description:
      'Flags of pool-lab sweep without their dashes, and requests; flags and POOL_LAB_* variables win.',
    type: 'object',
    minProperties: 1,
    additionalProperties: false,
    properties: {
      ...Object.fromEntries(
        Object.values(SWEEP_PLAN_OPTIONS).map((option) => [option.flag, settingSchema(option)]),
      ),
      ...REQUEST_SCHEMAS,
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function settingSchema({ flag, parser, defaultValue, description }: Option<unknown>): ValueSchema {
  const { schema } = parser;
  if (schema === undefined) throw new Error(`--${flag} has no schema for files`);
  return { description: `${description}; default ${parser.print(defaultValue)}`, ...schema };
}
