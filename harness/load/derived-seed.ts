/** Odd, and near 2³² divided by the golden ratio: multiples of it fall far apart. */
const STEP = 0x9e3779b9;

/**
 * A seed for one of several independent streams of the same run, e.g. one for each thread. Neighbouring
 * seeds give related first numbers; the finalizer of MurmurHash3 sets them apart.
 */
export function derivedSeed(seed: number, stream: number): number {
  let mixed = (seed + Math.imul(stream + 1, STEP)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
