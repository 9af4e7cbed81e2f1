import type { BrowserPage } from './browser.ts';

/** How many elements there are of each name with the attributes they have, e.g. `a[class href]`. */
export function elementCensus(page: BrowserPage): Promise<Readonly<Record<string, number>>> {
  return page.evaluate(() => {
    const census: Record<string, number> = {};
    for (const element of document.querySelectorAll('*')) {
      const kind = `${element.localName}[${element.getAttributeNames().sort().join(' ')}]`;
      census[kind] = (census[kind] ?? 0) + 1;
    }
    return census;
  });
}

/** What leads or loads from somewhere: everything but places inside the page. */
export function outwardAddresses(page: BrowserPage): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('[href], [src], [action], [data], [xlink\\:href]')]
      .flatMap((element) =>
        ['href', 'src', 'action', 'data'].map((name) => element.getAttribute(name)),
      )
      .filter((address) => address !== null)
      .filter((address) => !address.startsWith('#')),
  );
}

/** By how many pixels the page is wider than its window. */
export function sidewaysPixels(page: BrowserPage): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

/** What is there to be opened and is closed. */
export function closedParts(page: BrowserPage): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('details:not([open]), [aria-expanded="false"]')]
      .filter((part) => part.checkVisibility())
      .map((part) => `${part.localName}: ${part.textContent.slice(0, 60)}`),
  );
}

/** Waits until everything is drawn that is drawn when it comes near the window. */
export async function drawAll(page: BrowserPage): Promise<void> {
  await page.locator('h1:visible').waitFor();
  await page.evaluate(async () => {
    // Half a window at a time, but of a very long page not for ever.
    const step = Math.max(400, document.body.scrollHeight / 100);
    for (let y = 0; y < document.body.scrollHeight; y += step) {
      scrollTo({ top: y, behavior: 'instant' });
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }
    scrollTo({ top: 0, behavior: 'instant' });
  });
}

export function pagePixels(
  page: BrowserPage,
): Promise<{ readonly width: number; readonly height: number }> {
  return page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return { width: scrollWidth, height: scrollHeight };
  });
}

/** Elements whose text is cut off, on screen or paper, since their box is smaller and hides the rest. */
export function clippedTexts(page: BrowserPage): Promise<readonly string[]> {
  return page.evaluate(() => {
    const isCut = (element: Element): boolean => {
      const { overflowX, overflowY, position, clipPath } = getComputedStyle(element);
      // What only a screen reader is to see is cut off on purpose.
      if (position === 'absolute' && clipPath !== 'none') return false;
      const cutX = overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
      const cutY = overflowY !== 'visible' && element.scrollHeight > element.clientHeight + 1;
      return cutX || cutY;
    };
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.textContent.trim() !== '' && isCut(element))
      .map(
        (element) =>
          `${element.localName}.${element.className}: ${element.textContent.slice(0, 60)}`,
      );
  });
}
