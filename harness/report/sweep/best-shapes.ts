import type { CellResult } from '../../analysis/sweep/sweep-result.ts';
import { DIALECTS, type Dialect, type DialectText, inDialect } from '../../sizing/dialect.ts';
import { situationText } from './cell-words.ts';
import type { SweepView } from './sweep-view.ts';

/** One of the best shapes, as a library would be told. */
export interface BestShape {
  /** Of which situations. */
  readonly situations: readonly string[];
  readonly cell: CellResult;
  readonly name: string;
  readonly dialects: readonly (readonly [Dialect, DialectText])[];
}

/** Each shape that is the best of a situation, once; shapes without bounds are not spelt out. */
export function bestShapes(view: SweepView): readonly BestShape[] {
  const { situations, plan } = view.result;
  const found = situations.flatMap((situation) => {
    const cell = view.cell(situation.best);
    return cell === null ? [] : { cell, situation: situationText(situation, plan.axes) };
  });
  const groups = Map.groupBy(found, ({ cell }) => view.name(cell));
  return [...groups].flatMap(([name, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const { cell } = first;
    const dialects =
      cell.variables.poolKind === 'null'
        ? []
        : DIALECTS.flatMap((dialect): readonly (readonly [Dialect, DialectText])[] => {
            const text = inDialect(dialect, cell.variables);
            return text === null ? [] : [[dialect, text]];
          });
    return [{ situations: group.map(({ situation }) => situation), cell, name, dialects }];
  });
}
