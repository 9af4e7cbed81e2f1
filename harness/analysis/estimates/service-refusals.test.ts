import { expect, test } from 'vitest';
import { both, type Change, withAttempts } from '../test/observation-changes.ts';
import { soundObservations } from '../test/observations.ts';
import { serviceObservations, withService } from '../test/service-observations.ts';
import { serviceRefusals } from './service-refusals.ts';

const withoutLog = withService({}, { refusalsLogged: null });

test.each<[what: string, Change, expected: ReturnType<typeof serviceRefusals>]>([
  ['nothing failed', withoutLog, { observed: false, visible: true }],
  [
    'answers were lost, for which nobody gave a reason',
    both(withoutLog, withAttempts({ lost: 1 })),
    { observed: false, visible: false },
  ],
  [
    'answers had a status and no reason',
    both(withoutLog, withAttempts({ httpErrors: { http_503: 1 } })),
    { observed: false, visible: false },
  ],
  [
    'all that failed said why',
    both(withoutLog, withAttempts({ httpErrors: { pool_timeout: 7 } })),
    { observed: false, visible: true },
  ],
  [
    'the log has none, whatever failed without a reason',
    withAttempts({ lost: 9, httpErrors: { http_500: 9 } }),
    { observed: false, visible: true },
  ],
  ['the log has one', withService({}, { refusalsLogged: 1 }), { observed: true, visible: true }],
])('refusals of a service, where %s', (_, change, expected) => {
  expect(serviceRefusals(change(serviceObservations()), 0)).toEqual(expected);
});

test('what answers say of refusals is enough', () => {
  const seen = both(withoutLog, withAttempts({ lost: 1 }))(serviceObservations());
  expect(serviceRefusals(seen, 1)).toEqual({ observed: true, visible: true });
});

test("the lab's own API says why it fails", () => {
  const seen = withAttempts({ lost: 1 })(soundObservations());
  expect(serviceRefusals(seen, 0)).toEqual({ observed: false, visible: true });
});
