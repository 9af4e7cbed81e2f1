import { WORKLOADS } from '../../server/contract.ts';
import {
  type PlanWorkload,
  SCRIPTS_PATTERN,
  scriptsOfWorkload,
  scriptsProblem,
} from './plan-workload.ts';
import { choice, type ValueParser } from './value-parser.ts';
import { eitherOf } from './value-schema.ts';

/** A workload of the lab's own API by its name, or files of the user's SQL. What is in them is read elsewhere. */
export function workloadName(): ValueParser<PlanWorkload> {
  const own = choice(WORKLOADS, 'name');
  return {
    placeholder: 'name',
    expected: `${own.expected}, or files of SQL: orders.sql, orders.sql@3+list.sql@1`,
    schema: eitherOf(own.schema ?? {}, { type: 'string', pattern: SCRIPTS_PATTERN }),
    parse(texts) {
      const text = (texts.at(-1) ?? '').trim();
      const scripts = scriptsOfWorkload(text);
      if (scripts !== null) {
        const wrong = scriptsProblem(scripts);
        return wrong === null ? { ok: true, value: text } : { ok: false, ...wrong };
      }
      if (text.includes('.sql')) {
        return {
          ok: false,
          problem: 'names no files of SQL',
          remedy:
            'give their paths, which end in .sql and have no space, comma, + or @: orders.sql@3+list.sql@1',
        };
      }
      return own.parse(texts);
    },
    print: (value) => value,
  };
}
