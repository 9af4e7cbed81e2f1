import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const APP = fileURLToPath(new URL('app/', import.meta.url));

/** Each would make elements, scripts or requests of a string, which may be anybody's. */
const SINKS =
  /innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|setHTML|document\.write|\beval\(|new Function|DOMParser|srcdoc|javascript:|\bfetch\(|XMLHttpRequest|WebSocket|localStorage|sessionStorage|https?:\/\//;

const sources = readdirSync(APP, { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.(?:tsx?|css)$/.test(path),
);

test.each(sources)('%s makes nothing of a string but text', async (path) => {
  expect(await readFile(join(APP, path), 'utf8')).not.toMatch(SINKS);
});
