const MB = 1e6;

/** `1.4 MB`, `11 MB`: decimal, as the figures that people quote beside it. */
export function formatMegabytes(bytes: number): string {
  const value = bytes / MB;
  return `${value.toFixed(Math.abs(value) < 9.95 ? 1 : 0)} MB`;
}
