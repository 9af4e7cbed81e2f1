import type { MeasuredTrial } from '../analysis/trial-result.ts';
import type { Transport } from '../plan/trial-plan.ts';
import { formatCount, plural } from './format.ts';
import type { ReportLine } from './report-line.ts';

const WORDS: Readonly<Record<Transport, string>> = {
  tcp: 'TCP, unencrypted',
  tls: 'TLS',
  socket: 'a socket of the file system',
};

/** As it stands behind what is measured: `, database over TLS`; of plain TCP, which goes without saying, nothing. */
export function overText(transport: Transport): string {
  return transport === 'tcp' ? '' : `, database over ${WORDS[transport]}`;
}

/** How the API reached its database where it was not by plain TCP, and what the server saw of it. */
export function transportLines({
  plan,
  transport,
}: Pick<MeasuredTrial, 'plan' | 'transport'>): readonly ReportLine[] {
  const asked = plan.postgres.transport;
  const asAsked = { tls: 'encrypted', tcp: 'plain', socket: 'socket' } as const;
  const { encrypted = 0, plain = 0, socket = 0, protocols = [] } = transport ?? {};
  const all = encrypted + plain + socket;
  if (asked === 'tcp' && encrypted + socket === 0) return [];
  // Whoever comes before a pooler speaks to that, which offers nothing else.
  const tested = plan.service === null ? 'the API' : 'the service';
  const whose = plan.pooler === null ? tested : 'PgBouncer';
  const before = plan.pooler === null ? '' : `; ${tested} reaches PgBouncer by TCP, unencrypted`;
  if (transport === null) {
    return [
      {
        label: 'TRANSPORT',
        text: `${WORDS[asked]}, as asked for; the server showed no session of ${whose} to look at${before}`,
      },
    ];
  }
  const many = transport[asAsked[asked]];
  const share =
    many === all
      ? `${whose}'s ${plural(all, 'session')}, as the server saw them`
      : `${formatCount(many)} of the ${plural(all, 'session')} that the server saw of ${whose}`;
  const how = protocols.length === 0 ? '' : ` (${protocols.join(', ')})`;
  return [{ label: 'TRANSPORT', text: `${WORDS[asked]}${how}: ${share}${before}` }];
}
