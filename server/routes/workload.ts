import { Readable } from 'node:stream';
import type { FastifyPluginCallback } from 'fastify';
import { VALIDATE_ONLY_HEADER, WORKLOAD_PATH_PREFIX } from '../contract.ts';
import { requestFailureOf } from '../http/request-failure.ts';
import type { CatalogEntry } from '../workloads/catalog.ts';

/** `GET /w/<workload>`, with the workload's parameters in the query string. */
export function workloadRoute(workload: CatalogEntry): FastifyPluginCallback {
  return (app, _options, done) => {
    app.get(
      `${WORKLOAD_PATH_PREFIX}${workload.name}`,
      { schema: { querystring: workload.querySchema } },
      async (request, reply) => {
        if (request.headers[VALIDATE_ONLY_HEADER] !== undefined) return reply.code(204).send();
        const answer = await workload.run(request.query, request.scope);
        if (answer instanceof Readable) {
          reply.type('application/x-ndjson');
          answer.once('error', (error) => {
            request.failure = requestFailureOf(error);
          });
        }
        return answer;
      },
    );
    done();
  };
}
