import type { ClientBase } from 'pg';
import { z } from 'zod';
import { type Watched, watchedCondition } from './watched-sessions.ts';

/** How sessions came to the server, by what it sees itself. */
export interface SessionTransports {
  readonly encrypted: number;
  /** By TCP, for everybody on the way to read. */
  readonly plain: number;
  readonly socket: number;
  /** Of the encrypted ones, e.g. `TLSv1.3 with TLS_AES_256_GCM_SHA384`, in the order of the alphabet. */
  readonly protocols: readonly string[];
}

const count = z.coerce.number().int().min(0);
const rowSchema = z.object({
  encrypted: count,
  plain: count,
  socket: count,
  protocols: z.array(z.string()),
});

/** Of sessions that this role may not see, nothing of this is told, and they are left out. */
const SESSION_TRANSPORTS = `
  SELECT count(*) FILTER (WHERE s.ssl) AS encrypted,
         count(*) FILTER (WHERE NOT s.ssl AND a.client_addr IS NOT NULL) AS plain,
         count(*) FILTER (WHERE NOT s.ssl AND a.client_addr IS NULL) AS socket,
         coalesce(array_agg(DISTINCT s.version || ' with ' || s.cipher ORDER BY s.version || ' with ' || s.cipher)
                    FILTER (WHERE s.ssl), '{}') AS protocols
    FROM pg_stat_activity a JOIN pg_stat_ssl s USING (pid)
   WHERE a.backend_type = 'client backend' AND `;

/** `null`: none was seen. */
export async function readSessionTransports(
  client: ClientBase,
  watched: Watched,
): Promise<SessionTransports | null> {
  const { name, text, values } = watchedCondition(watched);
  const { rows } = await client.query({
    name: `pool-lab-transports-${name}`,
    text: `${SESSION_TRANSPORTS}${text}`,
    values: [...values],
  });
  const seen = rowSchema.parse(rows[0]);
  return seen.encrypted + seen.plain + seen.socket === 0 ? null : seen;
}
