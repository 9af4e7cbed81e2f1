import type { RequestTemplate } from '../../plan/request-mix.ts';

/** By what an answer is right, and who names the failure where it is not. */
export interface AnswerRules {
  isRight(statusCode: number): boolean;
  /** It comes from a service of the user's own, which may know nothing of the lab's error classes. */
  readonly foreign: boolean;
}

export const OWN_API_RULES: AnswerRules = {
  isRight: (statusCode) => statusCode < 400,
  foreign: false,
};

/** Beyond the last status that HTTP knows. */
const STATUSES = 1_000;

export function rulesOf({ expect }: Pick<RequestTemplate, 'expect'>): AnswerRules {
  const right = new Uint8Array(STATUSES);
  for (const { from, to } of expect) right.fill(1, from, to + 1);
  return { isRight: (statusCode) => right[statusCode] === 1, foreign: true };
}
