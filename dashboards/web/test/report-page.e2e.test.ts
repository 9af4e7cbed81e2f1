import { afterAll, beforeAll, expect } from 'vitest';
import { LAB_DIRECTORY_PARENT } from '../../../harness/postgres/lab-directory.ts';
import { sweepHtml } from '../../../harness/report/html/sweep-html.ts';
import { reportShell } from '../../../harness/report-shell.ts';
import { optional } from '../../../harness/test/optional.ts';
import { sampleSweep, sweepOfCells, troubledSweep } from '../../../harness/test/sample-sweep.ts';
import { accessibilityViolations } from './accessibility.ts';
import {
  type BrowserPage,
  launchBrowser,
  type PageIncidents,
  type TestBrowser,
  type Viewing,
} from './browser.ts';
import { detectChromium } from './chromium.ts';
import {
  clippedTexts,
  closedParts,
  drawAll,
  outwardAddresses,
  sidewaysPixels,
} from './page-probes.ts';
import { createReportFiles, type ReportFiles } from './report-file.ts';

const MIB = 2 ** 20;
const A4_PIXELS = { widthPixels: 794, heightPixels: 1123 };
const NOTHING: PageIncidents = { complaints: [], requests: [], dialogs: [] };

const chromium = await optional('browser', () => detectChromium(process.env));
let browser: TestBrowser;
let files: ReportFiles;
let shell: string;
/** Of 72 cells of two situations, with caveats, failures and damage. */
let sample: string;

beforeAll(async () => {
  shell = await reportShell({
    labParent: process.env['POOL_LAB_DIRECTORY'] ?? LAB_DIRECTORY_PARENT,
    signal: new AbortController().signal,
  });
  files = await createReportFiles();
  sample = await files.write('sample', reportOf(troubledSweep()));
  browser = await launchBrowser(chromium.get());
});

afterAll(async () => {
  await browser?.close();
  await files?.remove();
});

chromium.test('opens from a file without a complaint, a request or a place to go', () =>
  open({}, async (page, incidents) => {
    await drawAll(page);
    await page.locator('a.heat-cell').first().click();
    await drawAll(page);
    await page.goBack();
    await drawAll(page);
    expect(await outwardAddresses(page)).toEqual([]);
    expect(incidents).toEqual(NOTHING);
  }),
);

chromium.test('a script that somebody adds to the file is refused', async () => {
  const added = '<script>globalThis.added=1</script><img src=x onerror="globalThis.added=1">';
  const html = reportOf(sampleSweep({ rounds: 1 })).replace('</body>', `${added}</body>`);
  await open({ address: await files.write('added', html) }, async (page, { complaints }) => {
    await drawAll(page);
    expect(await page.evaluate(() => 'added' in globalThis)).toBe(false);
    expect(complaints).toContainEqual(
      expect.stringMatching(/inline script .*Content Security Policy/),
    );
    expect(complaints).toContainEqual(expect.stringMatching(/image .*Content Security Policy/));
  });
});

chromium.test(
  'the cells of a heat map are walked and opened by keyboard, and back leads back',
  () =>
    open({}, async (page) => {
      await page.locator('a.heat-cell').first().waitFor();
      await tabTo(page, 'a.heat-cell');
      const start = await focused(page);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      const walked = await focused(page);
      expect(walked).toMatch(/^#cell=/);
      expect(walked).not.toBe(start);

      await page.keyboard.press('Enter');
      await page.locator('h1:visible').waitFor();
      expect(await page.evaluate(() => location.hash)).toBe(walked);
      await expect.poll(() => page.evaluate(() => document.activeElement?.localName)).toBe('h1');

      await page.goBack();
      await page.locator('a.heat-cell:visible').first().waitFor();
      await expect.poll(() => focused(page)).toBe(walked);
    }),
);

chromium.test('one Tab goes past a heat map, whatever its size', () =>
  open({}, async (page) => {
    await page.locator('a.heat-cell').first().waitFor();
    const stops = await page.evaluate(() =>
      [...document.querySelectorAll('table.heat-map')].map(
        (map) => map.querySelectorAll('a.heat-cell[tabindex="0"]').length,
      ),
    );
    expect(stops.length).toBeGreaterThan(0);
    expect(new Set(stops)).toEqual(new Set([1]));
  }),
);

for (const colorScheme of ['light', 'dark'] as const) {
  chromium.test(`a screen reader finds its way, and contrasts suffice: ${colorScheme}`, () =>
    open({ colorScheme }, async (page) => {
      await drawAll(page);
      expect(await accessibilityViolations(page), 'overview').toEqual([]);
      await page.evaluate(() => document.querySelector<HTMLElement>('a.heat-cell')?.click());
      await drawAll(page);
      expect(await accessibilityViolations(page), 'cell').toEqual([]);
    }),
  );
}

chromium.test('charts wear the chosen colours as they wear those of the system', async () => {
  const chart = async (page: BrowserPage): Promise<string> => {
    await page.evaluate(() => scrollTo(0, innerHeight));
    await page.locator('canvas').first().waitFor();
    return page.evaluate(() => document.querySelector('canvas')?.toDataURL() ?? 'no chart');
  };
  let bySystem = '';
  await open({ colorScheme: 'dark' }, async (page) => {
    bySystem = await chart(page);
  });
  await open({ colorScheme: 'light' }, async (page) => {
    expect((await chart(page)) === bySystem, 'before').toBe(false);
    await page.getByText('Dark', { exact: true }).click();
    await expect.poll(async () => (await chart(page)) === bySystem).toBe(true);
  });
});

chromium.test('on paper everything is opened, and nothing is cut off', () =>
  open(A4_PIXELS, async (page) => {
    await page.emulateMedia({ media: 'print' });
    // Of each of two workloads and overflows: answers and latency.
    await expect.poll(() => page.locator('canvas').count()).toBe(8);
    for (const place of ['overview', 'cell']) {
      await expect.poll(() => closedParts(page), { message: place }).toEqual([]);
      expect(await clippedTexts(page), place).toEqual([]);
      expect(await sidewaysPixels(page), place).toBeLessThanOrEqual(0);
      await page.evaluate(() => {
        location.hash = '#cell=c034';
      });
      await page.locator('#cell-title').waitFor();
    }
  }),
);

chromium.test('a telephone of 360 pixels scrolls down only', () =>
  open({ widthPixels: 360, heightPixels: 740 }, async (page) => {
    await drawAll(page);
    expect(await sidewaysPixels(page), 'overview').toBe(0);
    await page.evaluate(() => document.querySelector<HTMLElement>('a.heat-cell')?.click());
    await drawAll(page);
    expect(await sidewaysPixels(page), 'cell').toBe(0);
  }),
);

chromium.test('long names fit on a telephone, and no word of theirs is cut in two', async () => {
  const axes = { workload: ['hold' as const], maxConnections: [40, 60], workers: [1, 2] };
  const html = reportOf(sampleSweep({ axes: { ...axes, poolSize: [2, 4], maxOverflow: [0] } }));
  const address = await files.write('long-names', html);
  await open({ address, widthPixels: 360, heightPixels: 740 }, async (page) => {
    expect(await page.textContent('.answer-shape a')).toMatch(/ at max_connections [46]0$/);
    expect(await sidewaysPixels(page)).toBe(0);
    expect(await linesOfEachWord(page, '.answer-shape a, dl.facts')).not.toContain(2);
  });
});

chromium.test('who wants less motion gets none', () =>
  open({ reducedMotion: true }, async (page) => {
    await drawAll(page);
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .map((element) => getComputedStyle(element))
        .filter(
          ({ transitionDuration, animationName, scrollBehavior }) =>
            !/^(0s(, )?)+$/.test(transitionDuration) ||
            animationName !== 'none' ||
            scrollBehavior === 'smooth',
        ),
    );
    expect(moving).toHaveLength(0);
  }),
);

chromium.test('a trial of a single second is seen in its charts', async () => {
  const html = reportOf(sampleSweep({ rounds: 1, durationMs: 1_000 }));
  await open({ address: await files.write('second', html) }, async (page) => {
    await page.evaluate(() => document.querySelector<HTMLElement>('a.heat-cell')?.click());
    await drawAll(page);
    expect(await inkedColumns(page)).toBeGreaterThan(0);
  });
});

chromium.test('without JavaScript one sentence says what to do', () =>
  open({ javaScript: false }, async (page) => {
    expect(await page.textContent('noscript')).toMatch(/Allow JavaScript/);
  }),
);

chromium.test('200 cells of three rounds are below a MiB and open within a second', async () => {
  const html = reportOf(sweepOfCells(200, { rounds: 3, durationMs: 30_000 }));
  expect(Buffer.byteLength(html)).toBeLessThan(MIB);
  const address = await files.write('cells-200', html);
  // The best of some tries: what others do on this machine meanwhile is not the page's.
  await expect
    .poll(() => open({ address }, drawnMs), { timeout: 10_000, interval: 50 })
    .toBeLessThan(1_000);
});

chromium.test('2,000 cells open, each in its map', async () => {
  const html = reportOf(sweepOfCells(2_000, { rounds: 1, durationMs: 2_000 }));
  await open({ address: await files.write('cells-2000', html) }, async (page, incidents) => {
    await drawAll(page);
    expect(await page.locator('a.heat-cell').count()).toBe(2_000);
    expect(incidents).toEqual(NOTHING);
  });
});

/** From the start of the navigation until the page has drawn its first map. */
async function drawnMs(page: BrowserPage): Promise<number> {
  await page.locator('a.heat-cell').first().waitFor();
  return page.evaluate(
    () => performance.getEntriesByName('pool-lab-drawn')[0]?.startTime ?? Infinity,
  );
}

/** On how many lines each word of these places stands; parts joined by a `_` are words of their own. */
function linesOfEachWord(page: BrowserPage, selector: string): Promise<readonly number[]> {
  return page.evaluate((places) => {
    const lines: number[] = [];
    for (const place of document.querySelectorAll(places)) {
      const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        for (const word of (node.nodeValue ?? '').matchAll(/[a-z]+_?/g)) {
          const range = document.createRange();
          range.setStart(node, word.index);
          range.setEnd(node, word.index + word[0].length);
          lines.push(new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size);
        }
      }
    }
    return lines;
  }, selector);
}

/** Columns of the first chart's middle third that have a pixel in the colour of its last line. */
function inkedColumns(page: BrowserPage): Promise<number> {
  return page.evaluate(() => {
    const canvas = [...document.querySelectorAll('canvas')].find((one) => one.width > 0);
    const probe = document.createElement('span');
    probe.style.color = 'var(--line-3)';
    document.body.append(probe);
    const wanted = getComputedStyle(probe).color.match(/\d+/g)?.map(Number) ?? [];
    probe.remove();
    const context = canvas?.getContext('2d');
    if (canvas === undefined || context === null || context === undefined) return -1;
    const { width, height } = canvas;
    const { data } = context.getImageData(0, 0, width, height);
    const isInk = (at: number): boolean =>
      wanted.every((part, index) => Math.abs((data[at + index] ?? 0) - part) < 12);
    let columns = 0;
    for (let x = Math.floor(width / 3); x < (width * 2) / 3; x += 1) {
      let inked = false;
      for (let y = 0; y < height; y += 1) inked ||= isInk(4 * (y * width + x));
      columns += Number(inked);
    }
    return columns;
  });
}

function reportOf(result: ReturnType<typeof sampleSweep>): string {
  return sweepHtml(result, { shell, runDirectory: 'results/sample', redact: (text) => text });
}

function open<T>(
  { address = sample, ...viewing }: Viewing & { readonly address?: string },
  use: (page: BrowserPage, incidents: PageIncidents) => Promise<T>,
): Promise<T> {
  return browser.withPage(viewing, async (page, incidents) => {
    await page.goto(address);
    if (viewing.javaScript !== false) await untilDrawn(page, incidents);
    return use(page, incidents);
  });
}

async function untilDrawn(page: BrowserPage, { complaints }: PageIncidents): Promise<void> {
  try {
    await page.locator('h1:visible').waitFor();
  } catch (cause) {
    throw new Error(`the page does not draw itself: ${complaints.join('; ')}`, { cause });
  }
}

async function tabTo(page: BrowserPage, selector: string): Promise<void> {
  const reached = async (): Promise<boolean> => {
    await page.keyboard.press('Tab');
    return page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector);
  };
  for (let presses = 0; presses < 50; presses += 1) if (await reached()) return;
  throw new Error(`50 times Tab do not reach ${selector}`);
}

function focused(page: BrowserPage): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.getAttribute('href') ?? null);
}
