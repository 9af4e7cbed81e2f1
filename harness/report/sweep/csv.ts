import { stringify } from 'csv-stringify/sync';

/** A value of a cell; `null` is an empty field. */
export type CsvValue = string | number | boolean | null;

/**
 * RFC 4180: CRLF, quotes where they are needed, a header line. Only importer of csv-stringify.
 *
 * Texts that a spreadsheet would run as a formula get an apostrophe in front; numbers do not, so that
 * −1 stays one.
 */
export function csvText(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return stringify(
    [header, ...rows].map((row) => [...row]),
    {
      delimiter: ',',
      quote: '"',
      escape: '"',
      record_delimiter: '\r\n',
      // A lone CR or LF too: by default only the delimiter above is quoted once it is given.
      quote_record_delimiter: true,
      escape_formulas: true,
      bom: false,
      cast: { boolean: (value) => (value ? 'true' : 'false') },
    },
  );
}
