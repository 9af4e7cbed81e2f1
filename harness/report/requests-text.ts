import type { RequestPlan } from '../plan/request-mix.ts';
import { formatCount, plural } from './format.ts';
import { plainText } from './sweep/plain-text.ts';

/** More kinds of requests than fit into a sentence are counted. */
const LISTED_MAX = 5;

/** `GET /items/{{id}} 3 of 4, order 1 of 4; 2 rows of users.csv, sequential`. */
export function requestsText({ templates, data }: RequestPlan): string {
  const all = templates.reduce((sum, { weight }) => sum + weight, 0);
  const listed = templates
    .slice(0, templates.length > LISTED_MAX ? LISTED_MAX - 1 : LISTED_MAX)
    .map(({ name, weight }) =>
      templates.length === 1
        ? plainText(name)
        : `${plainText(name)} ${formatCount(weight)} of ${formatCount(all)}`,
    );
  const more = templates.length - listed.length;
  const words = more === 0 ? listed : [...listed, `${formatCount(more)} more`];
  const file = data === null ? '' : `; ${plural(data.rows, 'row')} of ${fileName(data.path)}`;
  return `${words.join(', ')}${file}${data === null ? '' : `, ${data.order}`}`;
}

const fileName = (path: string): string => plainText(path.split('/').at(-1) ?? path);
