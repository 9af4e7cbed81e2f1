/* Holds the server in the variable DATABASE, says so, and waits to be killed. */
import { z } from 'zod';
import { databaseConfigSchema } from '../../../server/contract.ts';
import { createUrlPostgres } from '../url.ts';
import { FOUND_DATABASE } from './found-database.ts';

const json = z.string().parse(process.env['DATABASE']);
const owner = databaseConfigSchema.parse(JSON.parse(json));
const provider = createUrlPostgres({ ...FOUND_DATABASE, owner }, { warn: () => undefined });
await provider.start(FOUND_DATABASE.settings, new AbortController().signal);
process.stdout.write('held\n');
setInterval(() => undefined, 1_000);
