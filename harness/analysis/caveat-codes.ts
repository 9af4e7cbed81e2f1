/** Every reason to distrust a trial. The list is closed. */
export const CAVEAT_CODES = [
  'law_broken',
  'worker_crashed',
  'worker_stalled',
  'target_down',
  'interrupted',
  'no_answers',
  'few_samples',
  'generator_busy',
  'monitor_late',
  'monitor_lost',
  'little_off',
  'unanswered_left',
] as const;
export type CaveatCode = (typeof CAVEAT_CODES)[number];
