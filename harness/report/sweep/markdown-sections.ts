import type { SweepResult } from '../../analysis/sweep/sweep-result.ts';

/** What is left out is said; room for that is kept from the start. */
const NOTE_BYTES = 300;

const encoder = new TextEncoder();

/** Size as it is stored and sent. */
export function utf8Bytes(text: string): number {
  return encoder.encode(text).byteLength;
}

/**
 * Sections one after the other, as many as fit into `bytesMax`, each whole or not at all: half a table
 * is no table. A section that does not fit does not keep smaller ones after it from being there.
 */
export function joinSections(
  sections: readonly string[],
  { bytesMax, result }: { readonly bytesMax: number; readonly result: Pick<SweepResult, 'cells'> },
): string {
  const whole = `${sections.join('\n\n')}\n`;
  if (utf8Bytes(whole) <= bytesMax) return whole;
  const kept: string[] = [];
  let bytes = NOTE_BYTES;
  for (const section of sections) {
    const size = utf8Bytes(section) + 2;
    if (bytes + size <= bytesMax) {
      kept.push(section);
      bytes += size;
    }
  }
  const left = sections.length - kept.length;
  const note = `_${left} of ${sections.length} sections about ${result.cells.length} cells are left out: with them this would be larger than ${bytesMax} bytes. All of it: \`pool-lab report\` with the run's directory._`;
  const cut = `${[...kept, note].join('\n\n')}\n`;
  // Less room than the note takes is room for nothing.
  return utf8Bytes(cut) <= bytesMax ? cut : '';
}
