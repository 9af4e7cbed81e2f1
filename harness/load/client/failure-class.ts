import type { ErrorClass } from '../../../server/contract.ts';

/** Of a service that named nothing and said nothing that is known, e.g. `http_502`. */
export type HttpClass = `http_${number}`;
export type FailureClass = ErrorClass | HttpClass;
