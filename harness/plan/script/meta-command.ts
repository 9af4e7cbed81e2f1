import type { ScriptCommand } from '../../../server/contract.ts';
import { nearestWord } from '../nearest-word.ts';
import { parseExpression } from './expression-parser.ts';
import { ScriptSyntaxError } from './source-place.ts';

type OwnCommand = Exclude<ScriptCommand, { kind: 'sql' }>;
type Unplaced<T> = T extends unknown ? Omit<T, 'line'> : never;

const NAME = /\\([^\s\\]*)/y;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const WORD = /\S+/g;

/**
 * @param start of the backslash, and `end` of its line, in the file's text
 * @throws ScriptSyntaxError
 */
export function parseMetaCommand(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): Unplaced<OwnCommand> {
  NAME.lastIndex = start;
  const name = NAME.exec(text)?.[1] ?? '';
  const argsStart = start + 1 + name.length;
  const args = text.slice(argsStart, end);
  switch (name) {
    case 'set':
      return parseSet(args, argsStart);
    case 'sleep':
      return parseSleep(args, argsStart);
    default:
      throw new ScriptSyntaxError(start, `is \\${name}, ${whatItIs(name)}`, remedyOf(name));
  }
}

function parseSet(args: string, offset: number): Unplaced<OwnCommand> {
  const [word] = args.matchAll(WORD);
  if (word === undefined) {
    throw new ScriptSyntaxError(offset, 'is \\set without a name', 'write \\set name expression');
  }
  const [name] = word;
  const at = offset + word.index;
  if (!VARIABLE_NAME.test(name)) {
    throw new ScriptSyntaxError(
      at,
      `sets ${JSON.stringify(name)}, which is no name of a variable`,
      'use letters, digits and underscores, and no digit first',
    );
  }
  const from = word.index + name.length;
  return { kind: 'set', name, expression: parseExpression(args.slice(from), offset + from) };
}

const UNITS_US = { us: 1, ms: 1_000, s: 1_000_000 } as const;
const SLEEP_REMEDY = 'write \\sleep 10 ms, with a whole number or a variable, and us, ms or s';

function parseSleep(args: string, offset: number): Unplaced<OwnCommand> {
  const words = [...args.matchAll(WORD)];
  const [amount, unit, more] = words;
  // `\sleep 10ms` too, as pgbench takes it.
  const joined = /^(\d+)(us|ms|s)$/.exec(amount?.[0] ?? '');
  const unitName = unit?.[0] ?? joined?.[2] ?? 's';
  const unitUs =
    unitName === 'us' || unitName === 'ms' || unitName === 's' ? UNITS_US[unitName] : null;
  const amountText = joined?.[1] ?? amount?.[0] ?? '';
  if (!/^(\d{1,9}|:[A-Za-z_]\w*)$/.test(amountText) || unitUs === null || more !== undefined) {
    throw new ScriptSyntaxError(
      offset + (amount?.index ?? 0),
      `cannot be read as a pause: ${JSON.stringify(args.trim())}`,
      SLEEP_REMEDY,
    );
  }
  return {
    kind: 'sleep',
    amount: parseExpression(amountText, offset + (amount?.index ?? 0)),
    unitUs,
  };
}

const KNOWN = ['set', 'sleep'];
const CONDITIONS = ['if', 'elif', 'else', 'endif'];
const RESULTS = ['gset', 'aset'];
const SHELL = ['!', 'shell', 'setshell'];
const PIPELINE = ['startpipeline', 'endpipeline', 'syncpipeline'];

function whatItIs(name: string): string {
  if (SHELL.includes(name)) return 'which would run a program';
  if ([...CONDITIONS, ...RESULTS, ...PIPELINE].includes(name)) {
    return 'which pgbench has and this lab has not';
  }
  const suggestion = nearestWord(name, KNOWN);
  return suggestion === null
    ? 'which is no command of a script'
    : `which is no command of a script (did you mean \\${suggestion}?)`;
}

function remedyOf(name: string): string {
  if (CONDITIONS.includes(name)) {
    return 'write one script a branch and weigh them: a.sql@9+b.sql@1, or use CASE in \\set';
  }
  if (RESULTS.includes(name)) return 'use what was read within one statement, e.g. WITH … SELECT';
  return 'scripts have \\set and \\sleep, and SQL';
}
