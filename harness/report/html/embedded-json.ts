/** What may not stand inside an inline script, with what JSON lets stand for it. */
const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** Relative error of 5 · 10⁻⁶: no number is shown with as many digits. */
const SIGNIFICANT_DIGITS = 6;

/**
 * JSON for an inline `<script>`: the HTML parser finds no tag, no comment and no entity in it, whatever
 * its strings hold, and `JSON.parse` gives the same value again but for rounded fractions. Lone
 * surrogates are escaped by `JSON.stringify` itself, so that the file is valid UTF-8.
 *
 * Source: HTML Standard, "Restrictions for contents of script elements".
 *
 * @param redact takes secrets out of each text by itself: in the finished file it could take quotation
 *   marks and parts of the script with them
 */
export function embeddedJson(value: unknown, redact: (text: string) => string = asItIs): string {
  const json = JSON.stringify(value, (_key, entry: unknown) => {
    if (typeof entry === 'number') return roundedNumber(entry);
    return typeof entry === 'string' ? redact(entry) : entry;
  });
  return json.replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? '');
}

function asItIs(text: string): string {
  return text;
}

/** Whole numbers are counts, sizes and seeds, and stay as they are. */
export function roundedNumber(value: number, digits = SIGNIFICANT_DIGITS): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(digits));
}
