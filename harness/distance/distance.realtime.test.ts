import { expect, test } from 'vitest';
import { HEADERS, type PoolKind, WORKLOAD_PATH_PREFIX } from '../../server/contract.ts';
import { parseServerTiming } from '../load/account/server-timing.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { EMBEDDED } from '../postgres/chosen-postgres.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { createRedactor } from '../report/redactor.ts';
import { withApi } from '../runner/api.ts';
import { type Lab, withLab } from '../runner/lab.ts';

const RTT_MS = 20;
/** Of the expected number of round trips. */
const TOLERANCE = 0.1;

/** TCP's handshake, the startup packet, and two of SCRAM; the last one brings ReadyForQuery as well. */
const CONNECT = 4;
/** What each workload asks of the database, one after the other. */
const QUERIES = [
  // A prepared statement goes out in one piece: parse, bind, execute.
  { workload: 'point', roundTrips: 1, requests: 40 },
  // BEGIN, a lock and a write, COMMIT.
  { workload: 'hot?updates=1', roundTrips: 4, requests: 20 },
] as const;

interface ShortestMs {
  readonly connect: number;
  /** In the order of `QUERIES`. */
  readonly db: readonly number[];
}

test('each part of a request is longer by its round trips, and by nothing else', async () => {
  const { postgres } = planOf('0', 'queue');
  const [near, far] = await withLab(postgres, DEPS, async (lab) => [
    await shortestParts(lab, '0'),
    await shortestParts(lab, `${RTT_MS}ms`),
  ]);
  const told = JSON.stringify({ near, far });
  const parts = [
    { nearMs: near.connect, farMs: far.connect, roundTrips: CONNECT },
    ...QUERIES.map(({ roundTrips }, index) => ({
      nearMs: near.db[index] ?? 0,
      farMs: far.db[index] ?? 0,
      roundTrips,
    })),
  ];
  for (const { nearMs, farMs, roundTrips } of parts) {
    const found = (farMs - nearMs) / RTT_MS;
    expect(found, told).toBeGreaterThan(roundTrips * (1 - TOLERANCE));
    expect(found, told).toBeLessThan(roundTrips * (1 + TOLERANCE));
  }
});

async function shortestParts(lab: Lab, dbRtt: string): Promise<ShortestMs> {
  // Without a pool every request connects; with one, no query is a backend's first.
  const [connect = 0] = await shortestOf(lab, planOf(dbRtt, 'null'), {
    part: 'connect',
    of: [{ workload: 'point', requests: 15 }],
  });
  const db = await shortestOf(lab, planOf(dbRtt, 'queue'), { part: 'db', of: QUERIES });
  return { connect, db };
}

/**
 * One request after the other; of each workload the shortest: whatever else happens on a machine that
 * others use as well makes a request longer and none shorter.
 */
async function shortestOf(
  lab: Lab,
  plan: TrialPlan,
  {
    part,
    of,
  }: {
    readonly part: 'connect' | 'db';
    readonly of: readonly { readonly workload: string; readonly requests: number }[];
  },
): Promise<readonly number[]> {
  return await withApi(lab, { plan, ports: { port: 0, adminPort: 0 } }, async ({ url }) => {
    const found: number[] = [];
    for (const { workload, requests } of of) {
      let shortestMs = Number.POSITIVE_INFINITY;
      for (let request = 0; request < requests; request += 1) {
        const answer = await fetch(`${url}${WORKLOAD_PATH_PREFIX}${workload}`);
        expect(answer.status, await answer.text()).toBe(200);
        const timing = parseServerTiming(answer.headers.get(HEADERS.serverTiming) ?? '');
        shortestMs = Math.min(shortestMs, timing[part] ?? 0);
      }
      found.push(shortestMs);
    }
    return found;
  });
}

function planOf(dbRtt: string, poolKind: PoolKind): TrialPlan {
  return parseTrialPlan({ flags: { dbRtt, poolKind, workers: '1', poolSize: '1' }, env: {} }).plan;
}

const DEPS = {
  poolLabVersion: 'test',
  postgres: EMBEDDED,
  env: process.env,
  signal: new AbortController().signal,
  redactor: createRedactor(),
  labParent: LAB_DIRECTORY_PARENT,
  warn: (sentence: string) => expect.unreachable(sentence),
};
