/** A caveat's code as a reader is told it: `cpu_pressure` is `CPU pressure`. */
export function caveatName(code: string): string {
  return code.replaceAll('_', ' ').replace(/^cpu\b/, 'CPU');
}

/** At the beginning of a line. */
export function caveatTitle(code: string): string {
  const name = caveatName(code);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
