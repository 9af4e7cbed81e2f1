import type { ErrorClass, RefusalReason } from '../contract.ts';

/** What an error means, and whether its connection can be used again. */
export interface Judgement {
  readonly errorClass: ErrorClass;
  readonly reason?: string;
  readonly connectionUsable: boolean;
}

export const lost = (errorClass: ErrorClass, reason?: string): Judgement => ({
  errorClass,
  connectionUsable: false,
  ...(reason === undefined ? {} : { reason }),
});

export const kept = (errorClass: ErrorClass, reason?: string): Judgement => ({
  ...lost(errorClass, reason),
  connectionUsable: true,
});

export function refused(reason: RefusalReason): Judgement {
  return lost('too_many_connections', reason);
}
