import { expect, test } from 'vitest';
import { headerNameProblem } from './header-rules.ts';

test.each([
  'Connection',
  'content-length',
  'Expect',
  'HOST',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'Transfer-Encoding',
  'upgrade',
])(
  '%s is not for a plan to give: it would change where a request ends, or its connection',
  (name) => {
    expect(headerNameProblem(name)).toEqual({
      problem: 'is written by the load engine',
      remedy: 'leave it out',
    });
  },
);

test.each(['accept', 'Authorization', 'x-trace-id', 'content-type', 'cookie'])(
  '%s may be given',
  (name) => {
    expect(headerNameProblem(name)).toBeNull();
  },
);

test.each(['', 'a b', 'a:', 'a\r\nb', 'größe'])('"%s" is no name of a header', (name) => {
  expect(headerNameProblem(name)?.problem).toBe('is no name of a header');
});
