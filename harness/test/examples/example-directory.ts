import { fileURLToPath } from 'node:url';

/** The folder of an example. */
export function exampleDirectory(name: string): string {
  return fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
}
