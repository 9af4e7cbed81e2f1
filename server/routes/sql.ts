import type { FastifyPluginCallback } from 'fastify';
import {
  SCRIPT_QUERY,
  type ScriptSet,
  SQL_PATH,
  SQL_TRIAL_PATH,
  VALIDATE_ONLY_HEADER,
} from '../contract.ts';
import { chooseByWeight } from '../workloads/script/choose-script.ts';
import { runScript, type ScriptRun } from '../workloads/script/run-script.ts';
import { tryScript } from '../workloads/script/try-script.ts';

/** `GET /w/sql` runs one of the scripts, drawn by weight; `GET /w/sql/try?script=0` runs that one and takes it back. */
export function sqlRoute({ scripts, statementTimeoutMs }: ScriptSet): FastifyPluginCallback {
  const runs = scripts.map((script, index): ScriptRun => {
    return { script, statementPrefix: `sql-${index}-`, statementTimeoutMs };
  });
  const weights = scripts.map(({ weight }) => weight);
  const runAt = (index: number): ScriptRun => {
    const run = runs[index];
    if (run === undefined) throw new Error(`there is no script ${index}`);
    return run;
  };
  return (app, _options, done) => {
    app.get(
      SQL_PATH,
      { schema: { querystring: { type: 'object', additionalProperties: false, properties: {} } } },
      async (request, reply) => {
        if (request.headers[VALIDATE_ONLY_HEADER] !== undefined) return reply.code(204).send();
        const { scope } = request;
        const run = runAt(chooseByWeight(weights, scope.random()));
        return { script: run.script.name, ...(await runScript(run, scope)) };
      },
    );
    app.get<{ Querystring: { readonly [SCRIPT_QUERY]: number } }>(
      SQL_TRIAL_PATH,
      {
        schema: {
          querystring: {
            type: 'object',
            additionalProperties: false,
            required: [SCRIPT_QUERY],
            properties: {
              [SCRIPT_QUERY]: { type: 'integer', minimum: 0, maximum: scripts.length - 1 },
            },
          },
        },
      },
      (request) => tryScript(runAt(request.query[SCRIPT_QUERY]), request.scope),
    );
    done();
  };
}
