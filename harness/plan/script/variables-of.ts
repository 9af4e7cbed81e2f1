import type { ScriptExpression } from '../../../server/contract.ts';

/** Names of the variables that an expression uses. */
export function variablesIn(expression: ScriptExpression): readonly string[] {
  switch (expression.kind) {
    case 'variable':
      return [expression.name];
    case 'call':
      return expression.args.flatMap(variablesIn);
    case 'case':
      return [
        ...expression.branches.flatMap(({ when, result }) => [when, result]),
        expression.otherwise,
      ].flatMap(variablesIn);
    default:
      return [];
  }
}
