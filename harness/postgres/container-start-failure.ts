import { LabError } from '../lab-error.ts';
import { explainStartFailure } from './start-failure.ts';

interface Failure {
  readonly image: string;
  readonly lastLines: readonly string[];
}

/** Why a container ended before PostgreSQL in it was ready. */
export function explainContainerFailure({
  image,
  ending,
  lastLines,
}: Failure & { readonly ending: string }): LabError {
  if (lastLines.some((line) => /parameter "reserved_connections"/.test(line))) {
    return new LabError('CONFIG_INVALID', {
      message: `${image} has no reserved_connections: PostgreSQL 16 brought the setting`,
      hint: 'leave --reserved out, or take a newer image',
    });
  }
  const explained = explainStartFailure({
    summary: `PostgreSQL in a container of ${image} did not start`,
    ending,
    lastLines,
  });
  return explained.code === 'POSTGRES_START_FAILED' && explained.hint.includes('doctor')
    ? new LabError(explained.code, {
        message: explained.message,
        hint: `is it an image of PostgreSQL with the contract of the official one? Try \`docker run --rm -e POSTGRES_PASSWORD=x ${image}\``,
      })
    : explained;
}

/** Why nobody answered on the published port within the deadline. */
export function explainSilence({
  image,
  waitedMs,
  lastLines,
}: Failure & { readonly waitedMs: number }): LabError {
  const listens = lastLines.some((line) => /ready to accept connections/.test(line));
  const { code, message, hint } = explainStartFailure({
    summary: `PostgreSQL in a container of ${image} did not get ready`,
    ending: `no connection within ${waitedMs} ms`,
    lastLines,
  });
  return new LabError(code, {
    message,
    hint: listens
      ? 'it runs, and its port on 127.0.0.1 does not lead to it: does pool-lab run in a container itself, or does a firewall forbid it?'
      : hint,
  });
}
