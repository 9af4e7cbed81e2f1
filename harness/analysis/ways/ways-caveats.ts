import { believableRounds } from '../sweep/round-rates.ts';
import type { WayResult, WaysResult } from './ways-result.ts';

type Caveat = WaysResult['caveats'][number];

/** Every reason to read the comparison with care, with the ways that have it. */
export function waysCaveats(
  ways: readonly WayResult[],
  { planned, measured, failed }: WaysResult['trials'],
): readonly Caveat[] {
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  const found: readonly Caveat[] = [
    {
      code: 'incomplete',
      ways: namesOf(measured < planned ? ways.filter(lacksRounds(ways)) : []),
      detail: `${measured} of ${planned} trials are measured${failures}`,
    },
    {
      code: 'no_two_rounds',
      ways: namesOf(ways.filter(({ rounds }) => believableRounds(rounds).length < 2)),
      detail: 'fewer than two rounds count: nothing tells how far another would lie away',
    },
    {
      code: 'rounds_left_out',
      ways: namesOf(ways.filter((it) => leftOut(it).length > 0)),
      detail: ways.flatMap(leftOut).join('; '),
    },
    {
      code: 'degraded',
      ways: namesOf(ways.filter(({ verdict }) => verdict === 'DEGRADED')),
      detail: codesOf(ways).join(', '),
    },
  ];
  return found.filter((it) => it.ways.length > 0);
}

/** Fewer than another way has. */
function lacksRounds(ways: readonly WayResult[]): (way: WayResult) => boolean {
  const measuredOf = ({ rounds }: WayResult): number =>
    rounds.filter(({ state }) => state === 'measured').length;
  const most = Math.max(...ways.map(measuredOf));
  const even = ways.every((it) => measuredOf(it) === most);
  return (it) => even || measuredOf(it) < most;
}

/** Rounds that give no estimate, each with the reason. */
function leftOut({ way, rounds }: WayResult): readonly string[] {
  return rounds.flatMap((it) => {
    if (it.state === 'failed') return [`round ${it.round} of ${way} failed, ${it.error.code}`];
    return it.verdict === 'INVALID' ? [`round ${it.round} of ${way} is INVALID`] : [];
  });
}

function codesOf(ways: readonly WayResult[]): readonly string[] {
  const degraded = ways.filter(({ verdict }) => verdict === 'DEGRADED');
  return [...new Set(degraded.flatMap(({ caveats }) => caveats.map(({ code }) => code)))];
}

function namesOf(ways: readonly WayResult[]): Caveat['ways'] {
  return ways.map(({ way }) => way);
}
