/** What a trial is doing, as progress says it. */
export const PHASE_WORDS = {
  start: 'starting the API',
  warmup: 'warming up',
  measure: 'measuring',
  stop: 'stopping the API',
} as const;
export type TrialPhase = keyof typeof PHASE_WORDS;

const OF_A_SERVICE: Readonly<Partial<Record<TrialPhase, string>>> = {
  start: 'starting the service',
  stop: 'stopping the service',
};

/** The same of whatever the plan has measured. */
export function phaseWords(
  phase: TrialPhase,
  { service }: { readonly service: object | null },
): string {
  return (service === null ? null : OF_A_SERVICE[phase]) ?? PHASE_WORDS[phase];
}
