import { type ErrorClass, HEADERS, HTTP_STATUS_OF_ERROR } from '../../../server/contract.ts';

const WORKER_ID = '1';

export const EARLY_HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n';
export const GARBAGE = '\u0000not HTTP\r\n\r\n';
/** The end of the connection is the end of its body. */
export const ANSWER_WITHOUT_LENGTH = `HTTP/1.1 200 OK\r\n${HEADERS.worker}: ${WORKER_ID}\r\n\r\nsome rows`;

export function rightAnswer(options: {
  readonly serverTiming: string | undefined;
  readonly closes: boolean;
}): string {
  const { serverTiming, closes } = options;
  const timing = serverTiming === undefined ? '' : `${HEADERS.serverTiming}: ${serverTiming}\r\n`;
  const connection = closes ? 'connection: close\r\n' : '';
  return (
    `HTTP/1.1 200 OK\r\n${HEADERS.worker}: ${WORKER_ID}\r\n${timing}${connection}` +
    'content-length: 2\r\n\r\nok'
  );
}

export function failedAnswer({
  errorClass,
  reason,
}: {
  readonly errorClass: ErrorClass;
  readonly reason?: string | undefined;
}): string {
  const finer = reason === undefined ? '' : `${HEADERS.errorReason}: ${reason}\r\n`;
  return (
    `HTTP/1.1 ${HTTP_STATUS_OF_ERROR[errorClass]} Failed\r\n${HEADERS.worker}: ${WORKER_ID}\r\n` +
    `${HEADERS.errorClass}: ${errorClass}\r\n${finer}content-length: 0\r\n\r\n`
  );
}
