import { isDeepStrictEqual } from 'node:util';
import type { ServiceObservation } from '../analysis/trial-observations.ts';
import { LabError } from '../lab-error.ts';
import { EXPECT_BY_DEFAULT, type RequestMix, type RequestTemplate } from '../plan/request-mix.ts';
import { askEachOnce, type FirstAnswer, type Got } from '../service/first-answers.ts';
import type { JudgedTarget } from './target-consent.ts';

/** Long locations are of no use on a screen. */
const LOCATION_CHARACTERS_MAX = 200;
/** What is wrong with the request, and not with the service. */
const OF_THE_REQUEST: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 406, 411, 415, 422]);
/** Of a port that speaks TLS, a protocol of another kind, or nothing. */
const NO_HTTP = /^HPE_/;

/**
 * What a service that runs already says before any load. What can only go wrong is refused; where the service itself
 * is wrong, that is said, and measured.
 *
 * @returns the requests that were answered wrong
 * @throws LabError SERVICE_NOT_READY where nothing of HTTP answers, CONFIG_INVALID for a request that is not its own
 */
export async function requireTargetAnswers(
  origin: string,
  mix: Pick<RequestMix, 'templates' | 'rows'>,
  {
    judged = { origin, host: null },
    warn,
    ...asking
  }: {
    /** Where it is connected to. @default the origin */
    readonly judged?: JudgedTarget;
    readonly signal: AbortSignal;
    readonly warn: (sentence: string) => void;
    readonly deadlineMs?: number;
  },
): Promise<ServiceObservation['wrongBefore']> {
  const wrong: { name: string; got: string }[] = [];
  const { host } = judged;
  for (const answer of await askEachOnce(judged.origin, mix, { ...asking, host })) {
    const { template, got } = answer;
    if (got.kind !== 'status') throw unreachable(origin, answer, got);
    const { status, isRight, location } = got;
    if (location !== null && isDefault(template)) {
      const to = redirectOf({ origin, path: template.path, location });
      if (to.isElsewhere) throw sentElsewhere({ origin, template, status, to: to.text });
      warn(
        `${template.name} answers ${status} to ${to.text}, which is not followed: the redirect is what is measured; ask for that path, or say in pool-lab.yaml that it is right: expect: ${status}`,
      );
    }
    if (isRight) continue;
    if (OF_THE_REQUEST.has(status)) throw notItsOwn({ origin, template, status });
    wrong.push({ name: template.name, got: `status ${status}` });
    warn(`${template.name} answers ${status} before any load: what does the service itself say?`);
  }
  return wrong;
}

/** Nobody said that a redirect is right, or that anything is. */
function isDefault({ expect }: RequestTemplate): boolean {
  return isDeepStrictEqual(expect, EXPECT_BY_DEFAULT);
}

function unreachable(
  origin: string,
  { template }: FirstAnswer,
  got: Exclude<Got, { readonly kind: 'status' }>,
): LabError {
  const [message, hint] = unreachableWords(origin, template, got);
  return new LabError('SERVICE_NOT_READY', { message, hint });
}

function unreachableWords(
  origin: string,
  { name }: RequestTemplate,
  got: Exclude<Got, { readonly kind: 'status' }>,
): readonly [message: string, hint: string] {
  if (got.kind === 'silent') {
    return [
      `the service at ${origin} did not answer ${name} within ${got.waitedMs / 1_000} s`,
      'Does it answer by hand, with curl? It may wait for its database, or for a connection of its pool.',
    ];
  }
  switch (got.code) {
    case 'ECONNREFUSED':
      return [
        `nothing listens at ${origin}`,
        'Is the service running, and is that its port? In a container, is the port published?',
      ];
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [
        `the host of ${origin} has no address (${got.code})`,
        'Is its name right, and known on this machine?',
      ];
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return [
        `${origin} is not reached (${got.code})`,
        'Is the way there open: a firewall, a VPN, the address?',
      ];
    default:
      return NO_HTTP.test(got.code)
        ? [
            `what answers at ${origin} does not speak HTTP (${got.code})`,
            'Is that the port of its HTTP/1.1, and not one of TLS, of HTTP/2 alone or of a database?',
          ]
        : [
            `${origin} takes the connection and ends it without an answer to ${name} (${got.code})`,
            'Is that the port of its HTTP/1.1, and not one of TLS or of a database? What does its own log say?',
          ];
  }
}

/** Where a redirect leads: as it was sent, but for what may be a secret. */
function redirectOf({
  origin,
  path,
  location,
}: {
  readonly origin: string;
  readonly path: string;
  readonly location: string;
}): { readonly isElsewhere: boolean; readonly text: string } {
  const base = new URL(`${origin}${path}`);
  if (!URL.canParse(location, base.href)) return { isElsewhere: true, text: 'no address' };
  const { origin: to, pathname } = new URL(location, base);
  const isElsewhere = to !== base.origin;
  const text = isElsewhere ? `${to}${pathname === '/' ? '' : pathname}` : pathname;
  return { isElsewhere, text: text.slice(0, LOCATION_CHARACTERS_MAX) };
}

function sentElsewhere({
  origin,
  template,
  status,
  to,
}: {
  readonly origin: string;
  readonly template: RequestTemplate;
  readonly status: number;
  readonly to: string;
}): LabError {
  const isTls = to.startsWith('https:');
  return new LabError('CONFIG_INVALID', {
    message: `${origin} answers ${template.name} with ${status} to ${to}: redirects are not followed`,
    hint: isTls
      ? 'The load is made over plain HTTP: give the address behind what ends TLS, where the service itself listens.'
      : 'Where that one is yours, give its URL: --target.',
  });
}

function notItsOwn({
  origin,
  template,
  status,
}: {
  readonly origin: string;
  readonly template: RequestTemplate;
  readonly status: number;
}): LabError {
  return new LabError('CONFIG_INVALID', {
    message: `${origin} answers ${template.name} with ${status} before any load${MEANING[status] ?? ''}`,
    hint: `${REMEDY[status] ?? 'Look at the request: its path, its headers, its body.'} Where ${status} is the right answer, say so in pool-lab.yaml: expect: ${status}.`,
  });
}

const MEANING: Readonly<Record<number, string>> = {
  401: ': it wants to know who asks',
  403: ': whoever asks may not',
  404: ': nothing is there',
  405: ': not with this method',
};

const WITH_A_KEY =
  'Give what it wants as a header of the request in pool-lab.yaml, e.g. authorization.';
const REMEDY: Readonly<Record<number, string>> = {
  401: WITH_A_KEY,
  403: WITH_A_KEY,
  404: "Give a path that it has: --request 'GET /path'.",
  405: "Give the method that it has there: --request 'POST /path'.",
};
