import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { HEADERS, type ScriptSet } from './contract.ts';
import type { LoopTurns } from './event-loop/loop-turns.ts';
import type { HttpAccount, HttpRecorder } from './http/http-account.ts';
import { parameterProblems } from './http/parameter-problems.ts';
import { badRequest, type RequestFailure, requestFailureOf } from './http/request-failure.ts';
import { RequestScope } from './http/request-scope.ts';
import { serverTiming } from './http/server-timing.ts';
import type { Pool } from './pool/pool.ts';
import { noopRoute } from './routes/noop.ts';
import { sqlRoute } from './routes/sql.ts';
import { workloadRoute } from './routes/workload.ts';
import { createCatalog } from './workloads/catalog.ts';

declare module 'fastify' {
  interface FastifyRequest {
    scope: RequestScope;
    failure: RequestFailure | null;
  }
}

export interface AppDeps {
  readonly workerId: number;
  readonly pool: Pool;
  readonly account: HttpAccount;
  readonly recorder: HttpRecorder;
  readonly random: () => number;
  /** `null`: answers do not tell how late the event loop was. */
  readonly loop: LoopTurns | null;
  /** The user's own SQL. @default none */
  readonly sql?: ScriptSet | undefined;
  /** Whether answers must tell their clients to go elsewhere. */
  readonly isDraining: () => boolean;
  /** Told of exceptions that are mistakes of this program, with their stack. */
  readonly reportBug: (error: unknown) => void;
}

/** Seconds after which a refused client may try again; the lab's own clients never do. */
const RETRY_AFTER_SECONDS = '1';

/** The HTTP application of one worker: no port, no environment, no process. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    // The worker stops its listener itself, without answering 503 to those still connected.
    return503OnClosing: false,
    // A refused parameter is said, not removed; all of them at once, with what was found.
    ajv: {
      customOptions: {
        removeAdditional: false,
        useDefaults: true,
        coerceTypes: true,
        allErrors: true,
        verbose: true,
      },
    },
    // A URL that cannot be decoded meets no hook; it is counted and answered like any other.
    frameworkErrors: (error, request, reply) => {
      begin(request, reply, deps);
      reply.header(HEADERS.serverTiming, serverTiming(request.scope.times()));
      answerFailure(request, reply, requestFailureOf(error));
    },
    schemaErrorFormatter: (errors) => new Error(parameterProblems(errors)),
    exposeHeadRoutes: false,
  });

  app.decorateRequest('failure', null);
  // Given to each request by the first hook, before anything can read it.
  app.decorateRequest('scope');

  app.addHook('onRequest', (request, reply, done) => {
    begin(request, reply, deps);
    done();
  });

  app.addHook('onSend', (request, reply, payload, done) => {
    if (deps.isDraining()) reply.header('connection', 'close');
    reply.header(HEADERS.serverTiming, serverTiming(request.scope.times()));
    done(null, payload);
  });

  app.setErrorHandler((error, request, reply) => {
    const failure = requestFailureOf(error);
    if (failure.bug !== undefined) deps.reportBug(failure.bug);
    return answerFailure(request, reply, failure);
  });
  app.setNotFoundHandler((request, reply) =>
    answerFailure(
      request,
      reply,
      badRequest(`no such route: ${request.method} ${request.url}`, 404),
    ),
  );

  await app.register(noopRoute);
  for (const workload of createCatalog()) await app.register(workloadRoute(workload));
  if (deps.sql !== undefined) await app.register(sqlRoute(deps.sql));
  await app.ready();
  return app;
}

const UNMATCHED_ROUTE = 'unmatched';
/** nginx's code for "client closed request"; nobody receives it, the metrics show it. */
const ABORTED_STATUS = 499;

/** Gives a request its scope and counts it, from here to the end of its answer. */
function begin(request: FastifyRequest, reply: FastifyReply, deps: AppDeps): void {
  const scope = new RequestScope(deps);
  request.scope = scope;
  deps.account.started();
  let isEnded = false;
  const end = (aborted: boolean): void => {
    if (isEnded) return;
    isEnded = true;
    const ended = {
      route: request.routeOptions.url ?? UNMATCHED_ROUTE,
      method: request.method,
      status: aborted ? ABORTED_STATUS : reply.raw.statusCode,
      durationMs: scope.times().totalMs,
      aborted,
      // A stream that failed after its headers could only be broken off, by us: it has a failure.
      errorClass: request.failure?.errorClass ?? (aborted ? 'client_abort' : null),
      reason: request.failure?.reason,
    } as const;
    deps.account.ended(ended);
    deps.recorder.requestEnded(ended);
  };
  reply.raw.once('finish', () => end(false));
  // Without `finish` before it: the connection broke before the answer was out.
  reply.raw.once('close', () => {
    if (!isEnded) scope.abort();
    end(true);
  });
  reply.header(HEADERS.worker, String(deps.workerId));
}

function answerFailure(
  request: FastifyRequest,
  reply: FastifyReply,
  failure: RequestFailure,
): FastifyReply {
  request.failure = failure;
  reply.status(failure.status).header(HEADERS.errorClass, failure.errorClass);
  if (failure.reason !== undefined) reply.header(HEADERS.errorReason, failure.reason);
  if (failure.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply.send(failure.body);
}
