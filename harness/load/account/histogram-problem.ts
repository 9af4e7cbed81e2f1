import { inflateSync } from 'node:zlib';
import { systemErrorCode } from '../../system-error.ts';
import type { EncodedHistogram } from '../load-engine.ts';
import { Histogram } from './histogram.ts';

/** Cookie, and the length of what follows. */
const PREFIX_BYTES = 8;
/** More than this layout can take: 24,000 counts of at most 9 bytes. */
const INFLATED_BYTES_MAX = 2 ** 20;

/**
 * What is wrong with an encoded histogram that came from elsewhere, or `null`. To be asked before it is
 * decoded: a few bytes may stand for gigabytes, and the decoder believes any layout that a header tells.
 */
export function histogramProblem(encoded: EncodedHistogram): string | null {
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) return 'is not base64';
  const layout = layoutOf(bytes);
  if (layout === null) return 'cannot be unpacked';
  return layout.equals(ownLayout()) ? null : 'has another layout';
}

/** Both cookies, the digits and the range; not the length, which depends on the counts. */
function layoutOf(bytes: Buffer): Buffer | null {
  if (bytes.length < PREFIX_BYTES) return null;
  const end = PREFIX_BYTES + bytes.readInt32BE(4);
  if (end !== bytes.length) return null;
  try {
    const inflated = inflateSync(bytes.subarray(PREFIX_BYTES), {
      maxOutputLength: INFLATED_BYTES_MAX,
    });
    return Buffer.concat([
      bytes.subarray(0, 4),
      inflated.subarray(0, 4),
      inflated.subarray(12, 32),
    ]);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return null;
  }
}

let own: Buffer | null = null;

function ownLayout(): Buffer {
  own ??= layoutOf(Buffer.from(new Histogram().encode(), 'base64'));
  if (own === null) throw new Error('a histogram of this version cannot be unpacked');
  return own;
}
