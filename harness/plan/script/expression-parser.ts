import type { ScriptExpression, ScriptFunction } from '../../../server/contract.ts';
import { nearestWord } from '../nearest-word.ts';
import { type ExpressionToken, expressionTokens } from './expression-lexer.ts';
import { FUNCTIONS, OPERATORS } from './expression-words.ts';
import { ScriptSyntaxError } from './source-place.ts';

/** Deeper ones are nobody's. */
const DEPTH_MAX = 100;

/**
 * An expression of pgbench's `\set` (src/bin/pgbench/exprparse.y).
 *
 * @param offset where in the file `text` begins
 * @throws ScriptSyntaxError
 */
export function parseExpression(text: string, offset: number): ScriptExpression {
  const tokens = expressionTokens(text, offset);
  const parser = new ExpressionParser(tokens, offset + text.trimEnd().length);
  return parser.whole();
}

class ExpressionParser {
  readonly #tokens: readonly ExpressionToken[];
  readonly #end: number;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly ExpressionToken[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  whole(): ScriptExpression {
    const expression = this.#expression(0);
    const rest = this.#tokens[this.#at];
    if (rest === undefined) return expression;
    throw new ScriptSyntaxError(
      rest.at,
      `has ${JSON.stringify(rest.text)} where the expression should end`,
      'leave it out, or put an operator before it',
    );
  }

  /** Of operators that bind at least as tightly. */
  #expression(bindingMin: number): ScriptExpression {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) {
      throw new ScriptSyntaxError(this.#place(), 'is nested too deeply', 'take it apart');
    }
    let left = this.#operand();
    for (;;) {
      const token = this.#tokens[this.#at];
      const operator = token === undefined ? undefined : OPERATORS.get(token.text);
      if (operator === undefined || operator.binding < bindingMin) break;
      this.#at += 1;
      if (operator.kind === 'postfix') {
        left = operator.apply(left);
      } else if (operator.kind === 'is') {
        left = this.#is(left);
      } else {
        // All of them group to the left.
        left = operator.apply(left, this.#expression(operator.binding + 1));
      }
    }
    this.#depth -= 1;
    return left;
  }

  #operand(): ScriptExpression {
    const token = this.#next('a value');
    switch (token.kind) {
      case 'integer':
        return { kind: 'integer', digits: this.#integer(token, '') };
      case 'double':
        return { kind: 'double', value: finite(token) };
      case 'variable':
        return { kind: 'variable', name: token.text.slice(1) };
      case 'word':
        return this.#word(token);
      case 'symbol':
        return this.#prefixed(token);
    }
  }

  #prefixed(token: ExpressionToken): ScriptExpression {
    switch (token.text) {
      case '(': {
        const inner = this.#expression(0);
        this.#expect(')');
        return inner;
      }
      case '+':
        return this.#expression(UNARY_BINDING);
      case '-': {
        const number = this.#tokens[this.#at];
        // The smallest integer has no positive one that could be negated.
        if (number?.kind === 'integer') {
          this.#at += 1;
          return { kind: 'integer', digits: this.#integer(number, '-') };
        }
        return call('negate', this.#expression(UNARY_BINDING));
      }
      case '~':
        return call('bit_not', this.#expression(BIT_NOT_BINDING));
      default:
        throw unexpected(token, 'a value');
    }
  }

  #word(token: ExpressionToken): ScriptExpression {
    switch (token.text) {
      case 'true':
      case 'false':
        return { kind: 'boolean', value: token.text === 'true' };
      case 'null':
        return { kind: 'null' };
      case 'not':
        return call('not', this.#expression(NOT_BINDING));
      case 'case':
        return this.#case();
      default:
        return this.#call(token);
    }
  }

  #case(): ScriptExpression {
    const branches: { when: ScriptExpression; result: ScriptExpression }[] = [];
    this.#expect('when');
    do {
      const when = this.#expression(0);
      this.#expect('then');
      branches.push({ when, result: this.#expression(0) });
    } while (this.#takes('when'));
    const otherwise: ScriptExpression = this.#takes('else')
      ? this.#expression(0)
      : { kind: 'null' };
    this.#expect('end');
    return { kind: 'case', branches, otherwise };
  }

  #call(token: ExpressionToken): ScriptExpression {
    const known = FUNCTIONS.get(token.text);
    if (known === undefined) throw unknownFunction(token);
    this.#expect('(');
    const args: ScriptExpression[] = [];
    if (!this.#takes(')')) {
      do args.push(this.#expression(0));
      while (this.#takes(','));
      this.#expect(')');
    }
    const { argsMin, argsMax } = known;
    if (args.length < argsMin || args.length > argsMax) {
      const count = argsMin === argsMax ? String(argsMin) : `${argsMin} or more`;
      throw new ScriptSyntaxError(
        token.at,
        `calls ${token.text} with ${args.length} arguments`,
        `give it ${argsMax === argsMin + 1 ? `${argsMin} or ${argsMax}` : count}`,
      );
    }
    return call(known.name, ...args, ...known.defaults.slice(args.length - argsMin));
  }

  #is(operand: ScriptExpression): ScriptExpression {
    const negated = this.#takes('not');
    const token = this.#next('null, true or false');
    const name = IS_TESTS.get(token.text);
    if (name === undefined) throw unexpected(token, 'null, true or false');
    const test = call(name, operand);
    return negated ? call('not', test) : test;
  }

  #integer({ text, at }: ExpressionToken, sign: '' | '-'): string {
    const digits = `${sign}${text}`;
    if (text.length > INTEGER_DIGITS_MAX || BigInt.asIntN(64, BigInt(digits)) !== BigInt(digits)) {
      throw new ScriptSyntaxError(at, `has ${digits}, which 64 bits cannot hold`, 'give less');
    }
    return String(BigInt(digits));
  }

  #takes(text: string): boolean {
    if (this.#tokens[this.#at]?.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    const token = this.#next(text);
    if (token.text !== text) throw unexpected(token, text);
  }

  #next(expected: string): ExpressionToken {
    const token = this.#tokens[this.#at];
    if (token === undefined) {
      throw new ScriptSyntaxError(
        this.#end,
        `ends where ${expected} is expected`,
        'complete the expression',
      );
    }
    this.#at += 1;
    return token;
  }

  #place(): number {
    return this.#tokens[this.#at]?.at ?? this.#end;
  }
}

function finite({ text, at }: ExpressionToken): number {
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new ScriptSyntaxError(at, `has ${text}, which no double can hold`, 'give less');
}

const UNARY_BINDING = 10;
const BIT_NOT_BINDING = 7;
const NOT_BINDING = 3;
const INTEGER_DIGITS_MAX = 19;

const IS_TESTS: ReadonlyMap<string, ScriptFunction> = new Map([
  ['null', 'is_null'],
  ['true', 'is_true'],
  ['false', 'is_false'],
]);

function call(name: ScriptFunction, ...args: readonly ScriptExpression[]): ScriptExpression {
  return { kind: 'call', name, args };
}

function unexpected(token: ExpressionToken, expected: string): ScriptSyntaxError {
  return new ScriptSyntaxError(
    token.at,
    `has ${JSON.stringify(token.text)} where ${expected} is expected`,
    'put it there: pgbench describes the expressions of \\set',
  );
}

function unknownFunction({ text, at }: ExpressionToken): ScriptSyntaxError {
  const suggestion = nearestWord(text, [...FUNCTIONS.keys()]);
  const meant = suggestion === null ? '' : ` (did you mean ${suggestion}?)`;
  return new ScriptSyntaxError(
    at,
    `calls ${JSON.stringify(text)}, which is no function here${meant}`,
    `use one of ${[...FUNCTIONS.keys()].join(', ')}; a variable is written :${text}`,
  );
}
