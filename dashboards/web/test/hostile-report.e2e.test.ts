import { afterAll, beforeAll, expect } from 'vitest';
import { LAB_DIRECTORY_PARENT } from '../../../harness/postgres/lab-directory.ts';
import { embeddedJson } from '../../../harness/report/html/embedded-json.ts';
import { filledShell } from '../../../harness/report/html/sweep-html.ts';
import { sweepReportData } from '../../../harness/report/html/sweep-report-data.ts';
import { reportShell } from '../../../harness/report-shell.ts';
import { optional } from '../../../harness/test/optional.ts';
import { troubledSweep } from '../../../harness/test/sample-sweep.ts';
import { launchBrowser, type TestBrowser } from './browser.ts';
import { detectChromium } from './chromium.ts';
import { withFreeTexts } from './free-texts.ts';
import { HOSTILE_STRINGS, TRACE } from './hostile-strings.ts';
import { elementCensus, outwardAddresses, sidewaysPixels } from './page-probes.ts';
import { createReportFiles, type ReportFiles } from './report-file.ts';

const AXES = {
  workload: ['hot' as const],
  maxConnections: [30],
  workers: [1, 2],
  poolSize: [1, 8, 64],
};
const HARMLESS = HOSTILE_STRINGS.map((_, index) => `harmless ${index}`);

const chromium = await optional('browser', () => detectChromium(process.env));
let browser: TestBrowser;
let files: ReportFiles;
let shell: string;

beforeAll(async () => {
  shell = await reportShell({
    labParent: process.env['POOL_LAB_DIRECTORY'] ?? LAB_DIRECTORY_PARENT,
    signal: new AbortController().signal,
  });
  files = await createReportFiles();
  browser = await launchBrowser(chromium.get());
});

afterAll(async () => {
  await browser?.close();
  await files?.remove();
});

chromium.test(
  'sixty hostile texts in every free field make no element and run nothing',
  async () => {
    const twin = await looksOf('harmless', HARMLESS);
    const hostile = await looksOf('hostile', HOSTILE_STRINGS);
    expect(twin.censuses).toHaveLength(1 + AXES.workers.length * AXES.poolSize.length);
    expect(hostile.censuses).toEqual(twin.censuses);
    expect(hostile.addresses).toEqual([]);
    expect(hostile.ran).toBe(false);
    expect(hostile.incidents).toEqual({ complaints: [], requests: [], dialogs: [] });
    // They are there all the same, as what they are.
    const visible = HOSTILE_STRINGS.filter((text) => /^[\x20-\x7e]+$/.test(text));
    expect(visible.filter((text) => !hostile.text.includes(text))).toEqual([]);
  },
);

chromium.test('hostile texts, however long, make no page wider than a telephone', async () => {
  const address = await reportWith('hostile', HOSTILE_STRINGS);
  for (const place of ['', '#cell=c001']) {
    await browser.withPage({ widthPixels: 360, heightPixels: 740 }, async (page) => {
      await page.goto(`${address}${place}`);
      await page.locator('h1:visible').waitFor();
      expect(await sidewaysPixels(page), place).toBe(0);
    });
  }
});

/** The overview and the page of each cell, with everything in them opened. */
async function looksOf(name: string, texts: readonly string[]) {
  const address = await reportWith(name, texts);
  return browser.withPage({}, async (page, incidents) => {
    await page.goto(address);
    // On paper everything is drawn and opened.
    await page.emulateMedia({ media: 'print' });
    await page.locator('h1:visible').waitFor();
    const cells = await page.evaluate(() => [
      ...new Set(
        [...document.querySelectorAll('a.heat-cell')].map((cell) => cell.getAttribute('href')),
      ),
    ]);
    const censuses = [await elementCensus(page)];
    const addresses = [...(await outwardAddresses(page))];
    let text = (await page.textContent('main')) ?? '';
    for (const cell of cells) {
      await page.evaluate((hash) => {
        location.hash = hash ?? '';
      }, cell);
      await page.locator('#cell-title').waitFor();
      censuses.push(await elementCensus(page));
      addresses.push(...(await outwardAddresses(page)));
      text += await page.textContent('main');
    }
    const ran = await page.evaluate((trace) => trace in globalThis, TRACE);
    return { censuses, addresses, ran, text, incidents };
  });
}

function reportWith(name: string, texts: readonly string[]): Promise<string> {
  const data = sweepReportData(troubledSweep(AXES), { runDirectory: 'results' });
  const json = embeddedJson(withFreeTexts(data, texts));
  return files.write(name, filledShell({ shell, json }));
}
