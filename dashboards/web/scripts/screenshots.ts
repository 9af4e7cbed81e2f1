/**
 * Pictures of the report to look at: `node dashboards/web/scripts/screenshots.ts DIRECTORY [RUN]`.
 * Without the run directory of a sweep they show the sample that tests use.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LAB_DIRECTORY_PARENT } from '../../../harness/postgres/lab-directory.ts';
import { sweepHtml } from '../../../harness/report/html/sweep-html.ts';
import { reportShell } from '../../../harness/report-shell.ts';
import { DISK_FILES } from '../../../harness/store/disk-files.ts';
import { readRun } from '../../../harness/store/read-run.ts';
import { sweepResultOfRun } from '../../../harness/store/sweep-result-of-run.ts';
import { sampleSweep } from '../../../harness/test/sample-sweep.ts';
import { type BrowserPage, launchBrowser, type Viewing } from '../test/browser.ts';
import { detectChromium } from '../test/chromium.ts';
import { drawAll, pagePixels } from '../test/page-probes.ts';
import { createReportFiles } from '../test/report-file.ts';

const PICTURES: readonly (Viewing & { readonly name: string; readonly place: Place })[] = [
  { name: 'wide-light', place: 'overview' },
  { name: 'wide-dark', place: 'overview', colorScheme: 'dark' },
  { name: 'narrow-light', place: 'overview', widthPixels: 360, heightPixels: 800 },
  { name: 'narrow-dark', place: 'cell', widthPixels: 360, heightPixels: 800, colorScheme: 'dark' },
  { name: 'cell-light', place: 'cell' },
  { name: 'cell-dark', place: 'cell', colorScheme: 'dark' },
];
const PART_PIXELS = 1_600;
type Place = 'overview' | 'cell';

const [directory, run] = process.argv.slice(2);
if (directory === undefined) throw new Error('name the directory for the pictures');
await takePictures(resolve(directory), run ?? null);

async function takePictures(to: string, runDirectory: string | null): Promise<void> {
  const found = await detectChromium(process.env);
  if (found.state === 'absent') throw new Error(`${found.reason}; ${found.remedy}`);
  const result =
    runDirectory === null ? sampleSweep() : sweepResultOfRun(readRun(runDirectory, DISK_FILES));
  const shell = await reportShell({
    labParent: process.env['POOL_LAB_DIRECTORY'] ?? LAB_DIRECTORY_PARENT,
    signal: new AbortController().signal,
  });
  const html = sweepHtml(result, { shell, runDirectory, redact: (text) => text });
  await mkdir(to, { recursive: true });
  const files = await createReportFiles();
  const browser = await launchBrowser(found.thing);
  try {
    const address = await files.write('report', html);
    const cell = result.situations[0]?.best ?? result.cells[0]?.id ?? '';
    for (const { name, place, ...viewing } of PICTURES) {
      await browser.withPage(viewing, async (page) => {
        await page.goto(place === 'cell' ? `${address}#cell=${cell}` : address);
        await drawAll(page);
        await takeParts(page, join(to, name));
      });
    }
    await browser.withPage({}, async (page) => {
      await page.goto(address);
      await page.emulateMedia({ media: 'print' });
      const path = join(to, 'print.pdf');
      await page.pdf({ path, format: 'A4' });
      console.log(path);
      await page.setViewportSize({ width: 794, height: 1123 });
      await takeParts(page, join(to, 'print'));
    });
  } finally {
    await browser.close();
    await files.remove();
  }
}

/** In parts that can be read without a magnifier. */
async function takeParts(page: BrowserPage, name: string): Promise<void> {
  const { width, height } = await pagePixels(page);
  for (let y = 0; y < height; y += PART_PIXELS) {
    const path = `${name}-${1 + y / PART_PIXELS}.png`;
    const clip = { x: 0, y, width, height: Math.min(PART_PIXELS, height - y) };
    await page.screenshot({ path, clip, fullPage: true });
    console.log(path);
  }
}
