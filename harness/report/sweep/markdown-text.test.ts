import { expect, test } from 'vitest';
import { markdownText } from './markdown-text.ts';

/** As a reader sees it, and GitHub's search for names and numbers. */
const shown = (markdown: string): string =>
  markdown.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

test.each(['ask @octocat', '@org/team', 'fixes #1', 'owner/repo#1', '@a@b #1#2'])(
  'nobody is called and nothing is linked by %s',
  (text) => {
    const read = shown(markdownText(text));
    expect(read).not.toMatch(/[@#]\w/);
    expect(read.replaceAll('\u200b', '')).toBe(text);
  },
);

test('what is no name and no number gets nothing invisible', () => {
  expect(shown(markdownText('a @ b, # c, &lt; *x* [y](z)'))).toBe('a @ b, # c, &lt; *x* [y](z)');
});
