/** What of the report is shown, as it stands in the address behind `#`. */
export type Route = { readonly view: 'overview' } | { readonly view: 'cell'; readonly id: string };

/** No element has this name: the browser stays where it is, and the page returns to where it was. */
export const OVERVIEW_HREF = '#overview';

const CELL = /^#cell=(?<id>[\w-]{1,40})$/;

/** Anything else than a cell is a place on the overview, which the browser itself scrolls to. */
export function parseRoute(hash: string): Route {
  const id = CELL.exec(hash)?.groups?.['id'];
  return id === undefined ? { view: 'overview' } : { view: 'cell', id };
}

/** The address of a cell's page, for links. */
export function cellHref(id: string): string {
  return `#cell=${encodeURIComponent(id)}`;
}
