/** What a trial is doing, as progress says it. */
export const PHASE_WORDS = {
  start: 'starting the API',
  warmup: 'warming up',
  measure: 'measuring',
  stop: 'stopping the API',
} as const;
export type TrialPhase = keyof typeof PHASE_WORDS;
