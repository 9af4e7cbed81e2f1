import { type ErrorBody, type ErrorClass, HTTP_STATUS_OF_ERROR } from '../contract.ts';
import { classify } from '../pool/classify-error.ts';
import { ClientAbortedError } from './request-scope.ts';

/** A failed request as HTTP says it. */
export interface RequestFailure {
  readonly errorClass: ErrorClass;
  readonly reason: string | undefined;
  readonly status: number;
  readonly body: ErrorBody;
  /** What was thrown by mistake, for the log; `undefined` for every expected failure. */
  readonly bug: unknown;
}

/** Maps whatever a request failed with to the closed list of classes. */
export function requestFailureOf(error: unknown): RequestFailure {
  if (error instanceof ClientAbortedError) {
    return failure({ errorClass: 'client_abort', message: error.message });
  }
  const refusal = badRequestOf(error);
  if (refusal !== null) return refusal;
  const classified = classify(error);
  if (classified.errorClass !== 'other') {
    return failure({
      errorClass: classified.errorClass,
      reason: classified.reason,
      sqlstate: classified.sqlstate,
      message: classified.message,
    });
  }
  return {
    ...failure({
      errorClass: 'other',
      reason: classified.reason,
      sqlstate: classified.sqlstate,
      message: 'internal error; the server has logged it',
    }),
    bug: error,
  };
}

/** A request for a route or with parameters that do not exist. */
export function badRequest(message: string, status = HTTP_STATUS_OF_ERROR.bad_request) {
  return { ...failure({ errorClass: 'bad_request', message }), status };
}

function failure({
  errorClass,
  reason,
  sqlstate,
  message,
}: {
  errorClass: ErrorClass;
  reason?: string | undefined;
  sqlstate?: string | undefined;
  message: string;
}): RequestFailure {
  return {
    errorClass,
    reason,
    status: HTTP_STATUS_OF_ERROR[errorClass],
    body: {
      error: {
        class: errorClass,
        ...(reason === undefined ? {} : { reason }),
        ...(sqlstate === undefined ? {} : { sqlstate }),
        message,
      },
    },
    bug: undefined,
  };
}

/** Fastify's own refusals (validation, malformed URL, body) carry a 4xx `statusCode`. */
function badRequestOf(error: unknown): RequestFailure | null {
  if (!(error instanceof Error) || !('statusCode' in error)) return null;
  const { statusCode } = error;
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return null;
  return badRequest(error.message, statusCode);
}
