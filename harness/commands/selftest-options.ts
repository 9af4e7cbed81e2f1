import { nearestWord } from '../plan/nearest-word.ts';
import type { Option } from '../plan/option-table.ts';
import { OUTPUT_OPTIONS } from '../plan/run-options.ts';
import type { ValueParser } from '../plan/value-parser.ts';
import { FAMILIES, ROW_IDS } from '../selftest/families.ts';

const ALL = 'all';
/** A row by its id, or all rows of an engine or of a kind of stub. */
const WORDS = [...new Set([...ROW_IDS.flatMap((id) => id.split('/')), ...ROW_IDS])];

/** Ids of rows, in the order of the families. */
const rows: ValueParser<readonly string[]> = {
  placeholder: 'name',
  expected: `${ALL}, open, closed, one of ${FAMILIES.map(({ name }) => name).join(', ')}, or a row such as ${ROW_IDS[0] ?? ''}`,
  parse(texts) {
    const chosen = new Set<string>();
    for (const text of texts.map((it) => it.trim())) {
      const meant = text === ALL ? ROW_IDS : ROW_IDS.filter((id) => isNamed(id, text));
      if (meant.length === 0) {
        const suggestion = nearestWord(text, WORDS);
        const guess = suggestion === null ? '' : ` (did you mean ${suggestion}?)`;
        return { ok: false, problem: text === '' ? 'is empty' : `is not known${guess}` };
      }
      for (const id of meant) chosen.add(id);
    }
    return { ok: true, value: ROW_IDS.filter((id) => chosen.has(id)) };
  },
  print: (value) => (value.length === ROW_IDS.length ? ALL : value.join(' ')),
};

function isNamed(id: string, text: string): boolean {
  return id === text || id.split('/').includes(text);
}

const row: Option<readonly string[]> = {
  flag: 'row',
  env: null,
  parser: rows,
  defaultValue: ROW_IDS,
  description: 'only these rows: open/freeze, an engine (open, closed), or a kind of stub (freeze)',
  repeatable: true,
};

export const SELFTEST_OPTIONS = { row, ...OUTPUT_OPTIONS } as const;
