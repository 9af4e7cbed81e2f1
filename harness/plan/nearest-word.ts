/** The candidate a mistyped word most likely meant, or `null` when none is near. */
export function nearestWord(word: string, candidates: readonly string[]): string | null {
  // A third of the letters may be wrong: `pol-sise` is pool-size, `frontend` is nothing we know.
  const distanceMax = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly word: string; readonly distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= distanceMax && (best === null || distance < best.distance)) {
      best = { word: candidate, distance };
    }
  }
  if (best !== null) return best.word;
  // A beginning or an end is a guess too: `rolling` for `rolling-restart`.
  return word.length < 3
    ? null
    : (candidates.find((candidate) => candidate.startsWith(word) || candidate.endsWith(word)) ??
        null);
}

/** Levenshtein's distance with transpositions of neighbours counted as one. */
function editDistance(a: string, b: string): number {
  let beforePrevious: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(
        at(previous, j) + 1,
        at(row, j - 1) + 1,
        at(previous, j - 1) + substitution,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, at(beforePrevious, j - 2) + 1);
      }
      row.push(cost);
    }
    beforePrevious = previous;
    previous = row;
  }
  return at(previous, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.MAX_SAFE_INTEGER;
