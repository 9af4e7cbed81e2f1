import type { TrialObservations } from '../trial-observations.ts';
import type { Law } from '../trial-result.ts';

type Seen = Pick<TrialObservations, 'plan' | 'api' | 'environment' | 'transport'>;

/**
 * What was asked for must be what was measured: sessions that came otherwise cost something else, and one that is
 * not encrypted looks like one that is; those of a pooler of the lab's own among them, which is told how to come. Not
 * judged is what another stands between, who talks with the server in his own way; of a database that somebody else runs only that it is encrypted, since a proxy of his may do more than
 * the address says.
 */
export function transportLaws({ plan, api, environment, transport }: Seen): readonly Law[] {
  const asked = plan.postgres.transport;
  if (transport === null || api.target !== null || api.via !== null) return [];
  if (environment.postgres?.provider === 'url' && asked !== 'tls') return [];
  const { encrypted, plain, socket } = transport;
  const all = encrypted + plain + socket;
  const asAsked = { tls: encrypted, tcp: plain, socket }[asked];
  return [
    {
      name: 'transport',
      holds: asAsked === all,
      detail: `sessions of the ${plan.service === null ? 'API' : 'service'} that came by ${asked} ${asAsked} = seen by the server ${all}`,
    },
  ];
}
