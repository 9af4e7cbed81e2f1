import type { RequestMix } from '../../plan/request-mix.ts';
import { seededRandom } from '../../seeded-random.ts';
import { derivedSeed } from '../derived-seed.ts';
import type { LoadRequest } from '../load-engine.ts';
import { OWN_API_RULES } from './answer-rules.ts';
import { AskedRequest } from './asked-request.ts';
import { type PreparedTemplate, prepareTemplate, type Row } from './request-template.ts';

/** Stream of the choices, apart from those of arrivals and jitter. */
const CHOICE_STREAM = 0x20000;

export interface SourceShare {
  /** Which of the generator's threads, from 0. */
  readonly thread: number;
  readonly threads: number;
}

/** What is asked, one request after the other. */
export interface RequestSource {
  next(): AskedRequest;
}

/**
 * Which requests a generator thread sends: the same ones in the same order for the same seed, whatever the answers
 * and however long they take. Retries repeat their request and take none from here.
 *
 * Sequential rows: each request with a placeholder takes the next one, over all connections, from the first on in
 * each run. Threads share the rows out among themselves; each begins again when its own are used up.
 */
export function requestSource(
  request: Pick<LoadRequest, 'path' | 'requests' | 'seed' | 'host'>,
  share: SourceShare,
): RequestSource {
  const { path, requests, seed, host = null } = request;
  if (requests === undefined) {
    const only = new AskedRequest({
      ...{ template: 0, method: 'GET', host, path, headers: [], body: null, rules: OWN_API_RULES },
    });
    return { next: () => only };
  }
  const random = seededRandom(derivedSeed(seed, CHOICE_STREAM + share.thread));
  const templates = requests.templates.map((it, index) => prepareTemplate(it, index, host));
  const choose = chooser(templates, random);
  const nextRow = rowsOf(requests, share, random);
  return {
    next: () => {
      const template = choose();
      return template.request(template.hasPlaceholders ? nextRow() : null);
    },
  };
}

function chooser(
  templates: readonly PreparedTemplate[],
  random: () => number,
): () => PreparedTemplate {
  const [first] = templates;
  if (first === undefined) throw new RangeError('a mix without requests');
  if (templates.length === 1) return () => first;
  const total = templates.reduce((sum, { weight }) => sum + weight, 0);
  return () => {
    let left = random() * total;
    for (const template of templates) {
      left -= template.weight;
      if (left < 0) return template;
    }
    return first;
  };
}

function rowsOf(
  { rows, order }: RequestMix,
  { thread, threads }: SourceShare,
  random: () => number,
): () => Row | null {
  if (rows === null || rows.length === 0) return () => null;
  if (order === 'random') return () => rows[Math.floor(random() * rows.length)] ?? null;
  // With fewer rows than threads, some of them have the same one.
  const first = thread % rows.length;
  const own = Math.max(1, Math.ceil((rows.length - thread) / threads));
  let taken = 0;
  return () => {
    const row = rows[first + (taken % own) * threads];
    taken += 1;
    return row ?? null;
  };
}
