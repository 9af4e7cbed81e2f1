import axe from 'axe-core';
import type { BrowserPage } from './browser.ts';

export interface AccessibilityViolation {
  readonly rule: string;
  readonly impact: string;
  readonly targets: readonly string[];
}

interface AxeWindow {
  readonly axe: {
    run(options: object): Promise<{
      readonly violations: readonly {
        readonly id: string;
        readonly impact: string | null;
        readonly nodes: readonly { readonly target: readonly string[] }[];
      }[];
    }>;
  };
}

/** What axe-core finds at the page as it stands, with every rule that is not experimental. */
export async function accessibilityViolations(
  page: BrowserPage,
): Promise<readonly AccessibilityViolation[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as AxeWindow).axe.run({
      resultTypes: ['violations'],
    });
    return violations.map(({ id, impact, nodes }) => ({
      rule: id,
      impact: impact ?? '',
      targets: nodes.slice(0, 5).map(({ target }) => target.join(' ')),
    }));
  });
}
