import { expect, test } from 'vitest';
import { METRICS } from '../../server/contract.ts';
import { readQueueScrape } from './queue-scrape.ts';

const OWN = [
  `# HELP ${METRICS.pendingRequests} Requests that wait.`,
  `# TYPE ${METRICS.pendingRequests} gauge`,
  `${METRICS.pendingRequests}{worker="1"} 4`,
  `${METRICS.pendingRequests}{worker="2"} 0`,
  `${METRICS.pendingPeak}{worker="1"} 9`,
  `${METRICS.pendingPeak}{worker="2"} 11`,
  `${METRICS.pendingSecondsTotal}{worker="1"} 1.5`,
  `${METRICS.pendingSecondsTotal}{worker="gone"} 2e-1`,
  `${METRICS.saturatedSecondsTotal}{worker="1"} 0.5`,
  `${METRICS.connectErrorsTotal}{worker="1",sqlstate="53300",reason="too_many_clients"} 3`,
  `${METRICS.connectErrorsTotal}{worker="1",sqlstate="28P01",reason="auth"} 8`,
  `${METRICS.connectErrorsTotal}{worker="2",sqlstate="53300",reason="reserved_role"} 4`,
];

test('series are added up over workers, and a peak is the highest of them', () => {
  expect(readQueueScrape(OWN.join('\n'))).toEqual({
    pending: [4, 0],
    pendingPeak: 11,
    pendingSeconds: 1.7,
    saturatedSeconds: 0.5,
    refusals: 7,
    slotsTaken: null,
  });
});

test('slots in use are counted over all states and owners', () => {
  const pg = [
    `${METRICS.pgConnections}{state="idle",worker="1"} 3`,
    `${METRICS.pgConnections}{state="active",worker="monitor"} 1`,
  ];
  expect(readQueueScrape([...OWN, ...pg].join('\n')).slotsTaken).toBe(4);
});

test('a metric is not taken for another whose name goes on', () => {
  const lookalike = `${METRICS.pendingRequests}_of_others{worker="1"} 100`;
  expect(readQueueScrape([...OWN, lookalike].join('\n')).pending).toEqual([4, 0]);
});

test('a scrape without the queue is an error, not a queue of zero', () => {
  const without = OWN.filter((line) => !line.startsWith(`${METRICS.pendingSecondsTotal}{`));
  expect(() => readQueueScrape(without.join('\n'))).toThrow(METRICS.pendingSecondsTotal);
});
