import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Chromium } from './chromium.ts';

const LAUNCH_DEADLINE_MS = 20_000;
/** What a page may take to do anything at all, on a machine that others fill. */
const STEP_DEADLINE_MS = 5_000;

export type BrowserPage = Page;

/** How a page is looked at. */
export interface Viewing {
  readonly widthPixels?: number;
  readonly heightPixels?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly reducedMotion?: boolean;
  readonly javaScript?: boolean;
}

/** What a page did that no report may do; empty lists, if all is well. */
export interface PageIncidents {
  /** Messages of the console above `info`, and exceptions that nobody caught. */
  readonly complaints: readonly string[];
  /** Addresses asked for besides the file itself. */
  readonly requests: readonly string[];
  readonly dialogs: readonly string[];
}

export interface TestBrowser {
  /** A page of its own, with nothing shared; closed on every path. */
  withPage<T>(
    viewing: Viewing,
    use: (page: BrowserPage, incidents: PageIncidents) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

/** Starts a browser with a profile of its own, which goes away with it. */
export async function launchBrowser({ executablePath, env }: Chromium): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath,
    env: { ...env },
    headless: true,
    timeout: LAUNCH_DEADLINE_MS,
    // Root, as CI often is, has no sandbox; the pages are the lab's own.
    chromiumSandbox: false,
    args: ['--disable-gpu', '--font-render-hinting=none', '--force-color-profile=srgb'],
    // Whoever ends the test ends it and the browser, in that order.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  return {
    withPage: (viewing, use) => withContext(browser, viewing, use),
    close: () => browser.close(),
  };
}

async function withContext<T>(
  browser: Browser,
  viewing: Viewing,
  use: (page: Page, incidents: PageIncidents) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({
    viewport: { width: viewing.widthPixels ?? 1280, height: viewing.heightPixels ?? 900 },
    colorScheme: viewing.colorScheme ?? 'light',
    reducedMotion: viewing.reducedMotion === true ? 'reduce' : 'no-preference',
    javaScriptEnabled: viewing.javaScript ?? true,
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  try {
    context.setDefaultTimeout(STEP_DEADLINE_MS);
    const incidents = recordIncidents(context);
    return await use(await context.newPage(), incidents);
  } finally {
    await context.close();
  }
}

function recordIncidents(context: BrowserContext): PageIncidents {
  const incidents = {
    complaints: [] as string[],
    requests: [] as string[],
    dialogs: [] as string[],
  };
  context.on('console', (message) => {
    const harmless = ['log', 'info', 'debug'].includes(message.type());
    if (!harmless) incidents.complaints.push(`${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => {
    incidents.complaints.push(`uncaught: ${error.error().message}`);
  });
  context.on('request', (request) => {
    const isTheFile = request.isNavigationRequest() && request.url().startsWith('file:');
    if (!isTheFile) incidents.requests.push(request.url());
  });
  context.on('dialog', (dialog) => {
    incidents.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  return incidents;
}
