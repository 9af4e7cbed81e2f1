import { expect, test } from 'vitest';
import {
  measuredFake,
  sampleSweepResult,
  troubledSweepResult,
} from '../../analysis/sweep/test/sample-sweep.ts';
import { utf8Bytes } from './markdown-sections.ts';
import { fenced } from './markdown-text.ts';
import { sweepMarkdown } from './sweep-markdown.ts';

const WHOLE = sampleSweepResult();
const TROUBLED = troubledSweepResult();
const directory = 'runs/mine';

test('verdict and answer stand first', () => {
  const [title, , answer] = sweepMarkdown(WHOLE, { directory }).split('\n');
  expect(title).toBe('## pool-lab sweep: ✅ VALID');
  expect(answer).toBe('**BEST of hot: 1 × (1+0); hold: 2 × (32+0) (≈ 3 others).**');
});

test('what is missing stands before the answer', () => {
  const text = sweepMarkdown(TROUBLED, { directory });
  expect(text).toMatch(/^## pool-lab sweep: ⚠️ DEGRADED\n\n\*\*INCOMPLETE: \d+ of 144 trials/);
  expect(text).toContain('**What could not be used**');
});

test('each cell stands in the table of its panel, with the budget line and its state', () => {
  const text = sweepMarkdown(WHOLE, { directory });
  expect(text).toContain(
    '| workers | 1 | 4 | 16 | 32 |\n| --: | --: | --: | --: | --: |\n| **1** |',
  );
  expect(text).toMatch(/\| \*\*★ 1\.9k<br>\d+ ms\*\* \|/);
  expect(text).toMatch(/\| │ 341<br>\d+ ms<br>27% errors<br>_exhausted_ \|/);
  const tables = text.split('| workers | 1 | 4').slice(1);
  expect(tables).toHaveLength(4);
});

test('every table has as many cells in each row, and every detail that opens closes', () => {
  for (const result of [WHOLE, TROUBLED]) {
    const text = sweepMarkdown(result, { directory });
    for (const block of text.match(/(?:^\|.*\|\n?)+/gm) ?? []) {
      const widths = block
        .trim()
        .split('\n')
        .map((line) => line.split('|').length);
      expect(new Set(widths).size, block).toBe(1);
    }
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? -1);
  }
});

test('the best shape is spelt for every library, and commands can be copied', () => {
  const text = sweepMarkdown(WHOLE, { directory });
  expect(text).toContain('| go | <code>db.SetMaxOpenConns(1); db.SetMaxIdleConns(1)</code> |');
  expect(text).toContain('npx pool-lab sweep --config none --workers 1,2,4');
});

const HOSTILE = [
  '<script>alert(1)</script>',
  '</details></table>',
  '| a | b |',
  '`code` **bold** [link](http://x.example)',
  '@everyone #1 $x$ ~~no~~',
  'a\n\n# heading\n\n- item\n',
  '<!-- comment',
  '&lt;img src=x onerror=alert(1)&gt;',
  '\u202eright to left\u0000\u001b[31m',
];

test.each(HOSTILE)('a text of strangers does nothing to the page: %j', (hostile) => {
  const text = sweepMarkdown(
    troubledSweepResult({ axes: { workload: ['hot'], maxOverflow: [0] }, hostile }),
    { directory },
  );
  // Commands stand in a fence, where nothing is read.
  const page = text.replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, '');
  expect(page.match(/<(?!\/?(details|summary|code|br)>)[^\s]/g)).toBeNull();
  expect(page).not.toContain(hostile.trim());
  expect(page.match(/^#+ /gm)).toHaveLength(2);
  expect(page).not.toMatch(/@everyone|http:\/\//);
});

test.each(HOSTILE)('nor does a threshold that is named in the answer: %j', (hostile) => {
  const missed = sampleSweepResult({
    axes: { workload: ['hot', 'hold'], workers: [1], maxOverflow: [0], poolSize: [1] },
    thresholds: [hostile],
    trial: (cell, round) => {
      const trial = measuredFake(cell, round);
      if (trial.state === 'failed') return trial;
      const thresholds = [{ expression: hostile, met: false, detail: 'both numbers' }];
      return { ...trial, result: { ...trial.result, thresholds } };
    },
  });
  const page = sweepMarkdown(missed, { directory }).replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, '');
  expect(page.match(/1 threshold missed \(/g)).toHaveLength(4);
  expect(page.match(/<(?!\/?(details|summary|code|br)>)[^\s]/g)).toBeNull();
  expect(page).not.toContain(hostile.trim());
  expect(page).not.toMatch(/@everyone|http:\/\//);
});

test('no text ends the fence of the commands', () => {
  const block = fenced(['a ```` b', '```']);
  expect(block).toBe('`````\na ```` b\n```\n`````');
});

test.each([0, 1, 200, 500, 2_000, 5_000, 20_000])('%d bytes are never exceeded', (bytesMax) => {
  const text = sweepMarkdown(TROUBLED, { directory, bytesMax });
  expect(utf8Bytes(text)).toBeLessThanOrEqual(bytesMax);
  expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
});

test('what had no room is said to be left out, and the answer is the last to go', () => {
  const text = sweepMarkdown(WHOLE, { directory, bytesMax: 2_000 });
  expect(text).toMatch(/^## pool-lab sweep: ✅ VALID/);
  expect(text).toMatch(/_\d+ of \d+ sections about 48 cells are left out: .* 2000 bytes/);
  expect(sweepMarkdown(WHOLE, { directory })).not.toContain('left out');
});

test('a map explains the marks that it has, and a ranking has the columns that say something', () => {
  const point = sampleSweepResult({
    axes: { workload: ['point'], workers: [1], maxOverflow: [0], poolSize: [1, 4] },
  });
  const text = sweepMarkdown(point, { directory });
  expect(text).toContain('\n\n★ best, ≈ not to be told from the best\n\n');
  expect(text).toMatch(
    /\| # \| shape \| opens \| in time\/s \| of the best \| p99 \| errors \| {2}\|/,
  );
  expect(sweepMarkdown(WHOLE, { directory })).toContain('right of │ over the budget');
});
