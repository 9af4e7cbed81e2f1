import { SERVER_ENV, type ServerConfig } from '../../server/contract.ts';

type Leaf = string | number | boolean | null;

/**
 * The environment variables that make `server/main.ts` parse exactly this configuration. A field
 * that is `null` has no variable: absence is how the server is told "none".
 */
export function serverEnvironment(config: ServerConfig): Readonly<Record<string, string>> {
  const { pool, database, ...top } = config;
  const fields: readonly (readonly [string, Leaf])[] = [
    ...Object.entries(top),
    ...Object.entries(pool).map(([name, value]) => [`pool.${name}`, value] as const),
    ...Object.entries(database).map(([name, value]) => [`database.${name}`, value] as const),
  ];
  const variables: ReadonlyMap<string, string> = new Map(Object.entries(SERVER_ENV));
  const environment: Record<string, string> = {};
  for (const [path, value] of fields) {
    const variable = variables.get(path);
    if (variable === undefined) throw new Error(`no environment variable is defined for ${path}`);
    if (value !== null) environment[variable] = String(value);
  }
  return environment;
}
