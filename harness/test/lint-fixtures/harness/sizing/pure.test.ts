// A pure folder's test may read its vectors from disk, and still knows nothing of the server.
import { readFileSync } from 'node:fs';
import { buildApp } from '../../server/app.ts'; // refused: noRestrictedImports

export const everything = [readFileSync, buildApp];
