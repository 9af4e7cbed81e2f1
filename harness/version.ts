import { readFileSync } from 'node:fs';

/** Levels between this file and package.json: one in a clone, two in the built package. */
const CANDIDATES = ['../package.json', '../../package.json'];

/** The version in the package's own manifest. */
export function poolLabVersion(): string {
  for (const candidate of CANDIDATES) {
    const manifest = readManifest(new URL(candidate, import.meta.url));
    if (manifest?.name === 'pool-lab') return manifest.version;
  }
  throw new Error(
    'package.json of pool-lab is not beside its sources: the installation is damaged',
  );
}

function readManifest(url: URL): { readonly name: string; readonly version: string } | null {
  let text: string;
  try {
    text = readFileSync(url, 'utf8');
  } catch {
    return null; // Not at this level.
  }
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) return null;
  if (!('name' in parsed) || !('version' in parsed)) return null;
  const { name, version } = parsed;
  return typeof name === 'string' && typeof version === 'string' ? { name, version } : null;
}
