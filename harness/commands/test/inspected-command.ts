import type { DatabaseConfig } from '../../../server/contract.ts';
import { databaseUrl } from '../../postgres/test/foreign-server.ts';
import { recordingIo } from '../../test/recording-io.ts';
import { inspectCommand } from '../inspect.ts';

/**
 * What the command prints, with each run of white space as one blank.
 *
 * @param parameters of the address, e.g. `?sslmode=require`
 */
export async function inspected(
  address: DatabaseConfig,
  { parameters = '', ...flags }: Readonly<Record<string, string>> = {},
): Promise<string> {
  const io = recordingIo({ env: { DATABASE_URL: `${urlOf(address)}${parameters}` } });
  await inspectCommand.run({ window: '250ms', ...flags }, io, []);
  return io.stdoutText().replace(/\s+/g, ' ');
}

function urlOf(address: DatabaseConfig): string {
  const { host, port } = address;
  if (!host.startsWith('/')) return databaseUrl(address);
  const there = new URLSearchParams({ host, port: String(port) });
  return databaseUrl(address).replace(`@${host}:${port}/`, '@/').concat(`?${there}`);
}
