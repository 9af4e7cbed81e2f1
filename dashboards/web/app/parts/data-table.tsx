import type { ComponentChildren, VNode } from 'preact';

export interface Column<Row> {
  readonly name: string;
  readonly kind: 'number' | 'words';
  readonly cell: (row: Row) => ComponentChildren;
}

interface DataTableProps<Row> {
  /** What the table tells, for those who come to it without its heading. */
  readonly caption: string;
  /** The first column names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

/** Wider than the window it scrolls by itself, so that the page never does. */
export function DataTable<Row>({ caption, columns, rows }: DataTableProps<Row>): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: neither a form's fields nor one landmark a table
    <div class="table-scroll" role="group" aria-label={caption} tabIndex={0}>
      <table class="data-table">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, kind }) => (
              <th key={name} scope="col" class={kind}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map(({ name, kind, cell }, at) =>
                at === 0 ? (
                  <th key={name} scope="row" class={kind}>
                    {cell(row)}
                  </th>
                ) : (
                  <td key={name} class={kind}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
