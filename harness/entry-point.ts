import { fileURLToPath } from 'node:url';

/**
 * File path of a sibling that is started as a process (or a thread) of its own.
 *
 * A clone runs the sources (`.ts`), the published package runs what `tsc` made of them (`.js`);
 * `tsc` rewrites import specifiers but not paths handed to `fork()`, `spawn()` or `new URL()`. The
 * extension is therefore the importing module's own.
 *
 * @param importMetaUrl `import.meta.url` of the caller
 * @param relative path relative to the caller, without extension, e.g. `./watchdog-process`
 */
export function entryPoint(importMetaUrl: string, relative: string): string {
  const extension = importMetaUrl.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`${relative}${extension}`, importMetaUrl));
}
