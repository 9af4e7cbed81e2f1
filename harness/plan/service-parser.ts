import { commandWords } from './command-words.ts';
import { nearestWord } from './nearest-word.ts';
import { PLACEHOLDERS, type Placeholder, SECRET_PLACEHOLDERS, SERVICE_LIMITS } from './service.ts';
import type { Parsed, ValueParser } from './value-parser.ts';
import { SCALAR } from './value-schema.ts';

/** Variables of a service: set to a text with placeholders, or handed on from the lab's own environment. */
export interface ServiceVariables {
  readonly set: Readonly<Record<string, string>>;
  readonly pass: readonly string[];
}

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** A word in braces; `{}` and `{"json": 1}` are none. */
const IN_BRACES = /\{([A-Za-z][A-Za-z0-9]*)\}/g;

/** Names in braces, in their order. */
export function placeholdersOf(text: string): readonly string[] {
  return [...text.matchAll(IN_BRACES)].map(([, name = '']) => name);
}

export function isPlaceholder(name: string): name is Placeholder {
  return Object.hasOwn(PLACEHOLDERS, name);
}

/** @param textFor what stands for each placeholder */
export function filledIn(text: string, textFor: (name: Placeholder) => string): string {
  return text.replace(IN_BRACES, (whole, name: string) =>
    isPlaceholder(name) ? textFor(name) : whole,
  );
}

/** A command line with placeholders. */
export function serviceCommand(): ValueParser<string> {
  return {
    placeholder: 'command',
    expected: "a command line, e.g. 'node server.js --port {port}'",
    schema: { type: 'string' },
    parse(texts) {
      const text = texts.at(-1)?.trim() ?? '';
      if (text === '') return { ok: false, problem: 'is empty' };
      if (text.length > SERVICE_LIMITS.commandCharactersMax) {
        return {
          ok: false,
          problem: `has more than ${SERVICE_LIMITS.commandCharactersMax} characters`,
        };
      }
      const words = commandWords(text);
      // Whether a shell may do it is another option's matter.
      if (words.ok && (words.words[0] ?? '') === '')
        return { ok: false, problem: 'names no program' };
      const problem = placeholderProblem(text);
      if (problem !== null) return problem;
      const secret = placeholdersOf(text).find((name) =>
        SECRET_PLACEHOLDERS.some((it) => it === name),
      );
      if (secret !== undefined) {
        return {
          ok: false,
          problem: `has {${secret}}: everybody on this machine may read the arguments of a process`,
          remedy: `hand it over by a variable: --env NAME={${secret}}; DATABASE_URL is set anyhow`,
        };
      }
      return { ok: true, value: text };
    },
    print: (value) => value,
  };
}

/** `NAME=text with placeholders`, or `NAME` alone for a variable that is handed on. */
export function serviceVariables(): ValueParser<ServiceVariables> {
  return {
    placeholder: 'name[=value]',
    expected: 'NAME=value, or NAME alone to hand one on',
    schema: {
      anyOf: [
        { type: 'object', additionalProperties: SCALAR },
        { type: 'array', items: { type: 'string' } },
      ],
    },
    parse(texts) {
      const set = new Map<string, string>();
      const pass = new Set<string>();
      for (const text of texts) {
        const at = text.indexOf('=');
        const name = (at < 0 ? text : text.slice(0, at)).trim();
        // Of a value nothing is repeated: it may be a secret.
        if (name === '') return { ok: false, problem: 'has no name', shown: '' };
        if (!VARIABLE_NAME.test(name)) {
          return { ok: false, problem: 'has a name that no variable can have', shown: name };
        }
        if (set.has(name) || pass.has(name)) {
          return { ok: false, problem: 'is given twice', remedy: 'give it once', shown: name };
        }
        if (at < 0) {
          pass.add(name);
          continue;
        }
        const value = text.slice(at + 1);
        if (value.length > SERVICE_LIMITS.variableCharactersMax) {
          return {
            ok: false,
            problem: `has more than ${SERVICE_LIMITS.variableCharactersMax} characters`,
            shown: name,
          };
        }
        const problem = placeholderProblem(value);
        if (problem !== null) return { ...problem, shown: name };
        set.set(name, value);
      }
      return { ok: true, value: { set: Object.fromEntries(set), pass: [...pass] } };
    },
    print: ({ set, pass }) => {
      const all = [...Object.entries(set).map(([name, text]) => `${name}=${text}`), ...pass];
      return all.length === 0 ? 'none' : all.join(' ');
    },
  };
}

/** A placeholder that is none is a misspelt one; what is no word in braces is left alone. */
function placeholderProblem(text: string): Extract<Parsed<never>, { ok: false }> | null {
  const unknown = placeholdersOf(text).find((name) => !isPlaceholder(name));
  if (unknown === undefined) return null;
  const known = Object.keys(PLACEHOLDERS);
  const suggestion = nearestWord(unknown, known);
  return {
    ok: false,
    problem: `has {${unknown}}, which is no placeholder${suggestion === null ? '' : ` (did you mean {${suggestion}}?)`}`,
    remedy: `give one of ${known.map((name) => `{${name}}`).join(', ')}`,
  };
}
