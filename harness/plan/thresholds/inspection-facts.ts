import { type FactFamily, type FactVocabulary, factVocabulary } from './threshold-facts.ts';

/** Every fact of a look at a running PostgreSQL that a threshold can be about. The list is closed. */
export const INSPECTION_FACT_FAMILIES = [
  { names: ['slots.left'], unit: 'count', description: 'slots left for an ordinary role' },
  {
    names: ['slots.left.reserved', 'slots.left.superuser'],
    unit: 'count',
    description: 'slots left for a member of pg_use_reserved_connections, and for a superuser',
  },
  { names: ['slots.used'], unit: 'count', description: "everybody's sessions, at the end" },
  { names: ['slots.used.peak'], unit: 'count', description: 'most of them in one sample' },
  { names: ['usable'], unit: 'count', description: 'max_connections − reserved' },
  { names: ['max_connections'], unit: 'count', description: "PostgreSQL's limit" },
  {
    names: [
      'sessions.active',
      'sessions.idle',
      'sessions.idle_in_transaction',
      'sessions.starting',
    ],
    unit: 'count',
    description: 'sessions in this state, on average over the samples',
  },
  {
    names: ['share.active', 'share.idle', 'share.idle_in_transaction'],
    unit: 'share',
    description: 'the same as a share of all sessions; 0 without one',
  },
  {
    names: ['lock_waits'],
    unit: 'count',
    description: 'sessions waiting for a lock, on average over the samples',
  },
  {
    names: ['oldest.transaction', 'oldest.idle_in_transaction', 'oldest.idle'],
    unit: 'ms',
    description: 'for how long the oldest has been so; 0 without one',
  },
  {
    names: ['connects'],
    unit: 'per_second',
    description: 'sessions established in the window; refused ones are not counted',
  },
  {
    names: ['fullest.role', 'fullest.database'],
    unit: 'share',
    description:
      'how far the fullest CONNECTION LIMIT of a role, of a database, is used; 0 without one',
  },
  { names: ['causes'], unit: 'count', description: 'causes that were named; 0: nothing wrong' },
] as const satisfies readonly FactFamily[];

export type InspectionFact = (typeof INSPECTION_FACT_FAMILIES)[number]['names'][number];

export const INSPECTION_FACTS: FactVocabulary<InspectionFact> = factVocabulary<InspectionFact>(
  INSPECTION_FACT_FAMILIES,
  { command: 'inspect', example: 'slots.left>10' },
);
