/** What a connection is measured over. */
export interface Variant {
  readonly id: VariantId;
  /** Words for a table. */
  readonly name: string;
  readonly transport: 'tcp' | 'tls' | 'socket';
  /** Added between here and the server; 0: nothing is. */
  readonly rttMs: number;
  readonly via: 'postgresql' | 'pgbouncer';
  /** It differs from this one in the round trip alone; `null`: it is no distant one. */
  readonly near: VariantId | null;
  /**
   * One of so many rounds measures it: far away, where a connection takes long, its round trips say nearly
   * all there is to say.
   */
  readonly everyRounds: number;
}

export const VARIANT_IDS = [
  'tcp',
  'trust',
  'tls',
  'socket',
  'pgbouncer',
  'tcp_1ms',
  'tls_1ms',
  'tcp_20ms',
  'tls_20ms',
] as const;
export type VariantId = (typeof VARIANT_IDS)[number];

const here = { transport: 'tcp', rttMs: 0, via: 'postgresql', near: null, everyRounds: 1 } as const;
const NEXT_ROOM = { rttMs: 1, everyRounds: 2 } as const;
const NEXT_COUNTRY = { rttMs: 20, everyRounds: 8 } as const;

export const VARIANTS: readonly Variant[] = [
  { ...here, id: 'tcp', name: 'TCP' },
  { ...here, id: 'trust', name: 'TCP, trust' },
  { ...here, id: 'tls', name: 'TLS', transport: 'tls' },
  { ...here, id: 'socket', name: 'socket', transport: 'socket' },
  { ...here, id: 'pgbouncer', name: 'via PgBouncer', via: 'pgbouncer' },
  { ...here, ...NEXT_ROOM, id: 'tcp_1ms', name: 'TCP + 1 ms', near: 'tcp' },
  { ...here, ...NEXT_ROOM, id: 'tls_1ms', name: 'TLS + 1 ms', near: 'tls', transport: 'tls' },
  { ...here, ...NEXT_COUNTRY, id: 'tcp_20ms', name: 'TCP + 20 ms', near: 'tcp' },
  {
    ...here,
    ...NEXT_COUNTRY,
    id: 'tls_20ms',
    name: 'TLS + 20 ms',
    near: 'tls',
    transport: 'tls',
  },
];
