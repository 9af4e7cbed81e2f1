import type { PanelSpec, RowSpec } from './panel.ts';

/** Something with its place on Grafana's grid of 24 columns. */
export interface Placed<Item> {
  readonly id: number;
  readonly position: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly item: Item;
}

export interface PlacedRow extends Placed<{ readonly title: string; readonly folded: boolean }> {
  readonly panels: readonly Placed<PanelSpec>[];
}

const COLUMNS = 24;
const ROW_HEIGHT = 1;

/** Every row and panel with its id and its place: rows below each other, lines of panels side by side. */
export function placed(rows: readonly RowSpec[]): readonly PlacedRow[] {
  let nextId = 1;
  let y = 0;
  return rows.map(({ title, folded = false, lines }) => {
    const row = {
      id: nextId++,
      position: { x: 0, y, w: COLUMNS, h: ROW_HEIGHT },
      item: { title, folded },
    };
    y += ROW_HEIGHT;
    const panels = lines.flatMap(({ height, panels: inLine }) => {
      let x = 0;
      const line = inLine.map((item): Placed<PanelSpec> => {
        const position = { x, y, w: item.width, h: height };
        x += item.width;
        return { id: nextId++, position, item };
      });
      y += height;
      return line;
    });
    return { ...row, panels };
  });
}
