import type { FastifySchemaValidationError } from 'fastify/types/schema.js';

/** All refused parameters in one sentence: each with its name, what was found, and what is allowed. */
export function parameterProblems(errors: readonly FastifySchemaValidationError[]): string {
  return errors.map(problemOf).join('; ');
}

function problemOf(error: FastifySchemaValidationError): string {
  const unknownName = error.params['additionalProperty'];
  if (typeof unknownName === 'string') return `unknown parameter ${JSON.stringify(unknownName)}`;
  const name = error.instancePath.replace(/^\//, '');
  const found = 'data' in error ? ` is ${JSON.stringify(error.data)}` : '';
  const allowed = error.params['allowedValues'];
  const choices = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : '';
  return `parameter ${name}${found}: ${error.message ?? 'not allowed'}${choices}`;
}
