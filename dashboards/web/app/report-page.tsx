import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { ReportData } from '../../../harness/report/html/report-data.ts';
import { AppearanceContext } from './appearance.ts';
import { CellPage } from './cell/cell-page.tsx';
import { Overview } from './overview/overview.tsx';
import { Notice } from './parts/notice.tsx';
import { ThemeChoice } from './parts/theme-choice.tsx';
import { cellHref, OVERVIEW_HREF, type Route } from './route.ts';
import { makeReport, ReportContext } from './sweep-context.ts';
import { useRoute } from './use-route.ts';
import { useTheme } from './use-theme.ts';

/** The report: the overview, or the page of one cell over it. */
export function ReportPage({ data }: { readonly data: ReportData }): VNode {
  const report = useMemo(() => makeReport(data), [data]);
  const { theme, choose, appearance } = useTheme();
  const route = useRoute();
  const cell = route.view === 'cell' ? report.view.cell(route.id) : null;
  const main = useRef<HTMLElement>(null);
  useReturn(route);
  useEffect(() => {
    document.title = `${cell === null ? data.result.plan.axes.workload.join(', ') : report.view.name(cell)} · pool-lab`;
  }, [cell]);
  return (
    <AppearanceContext.Provider value={appearance}>
      <ReportContext.Provider value={report}>
        <button type="button" class="skip-link" onClick={() => main.current?.focus()}>
          Skip to the content
        </button>
        <div class="page">
          <header class="top-bar">
            <span class="brand">pool-lab</span>
            <ThemeChoice theme={theme} choose={choose} />
          </header>
          <main id="main" ref={main} tabIndex={-1}>
            {route.view === 'cell' && cell === null ? (
              <Notice tone="warn" title={`This report has no configuration ${route.id}.`} />
            ) : null}
            {cell === null ? null : <CellPage key={cell.id} cell={cell} />}
            <div hidden={cell !== null}>
              <Overview />
            </div>
          </main>
        </div>
      </ReportContext.Provider>
    </AppearanceContext.Provider>
  );
}

/** Back from a cell the reader is where they were, with the focus on the link they had followed. */
function useReturn(route: Route): void {
  const before = useRef<Route>(route);
  const scrollY = useRef(0);
  useEffect(() => {
    const remember = (): void => {
      if (before.current.view === 'overview') scrollY.current = window.scrollY;
    };
    addEventListener('scroll', remember, { passive: true });
    return () => removeEventListener('scroll', remember);
  }, []);
  useLayoutEffect(() => {
    const { current: from } = before;
    before.current = route;
    if (from.view !== 'cell' || route.view === 'cell') return;
    // A place on the overview is where the reader wants to be: the browser is there already.
    if (location.hash !== '' && location.hash !== OVERVIEW_HREF) return;
    window.scrollTo({ top: scrollY.current, behavior: 'instant' });
    document
      .querySelector<HTMLElement>(`main > div a[href="${CSS.escape(cellHref(from.id))}"]`)
      ?.focus({ preventScroll: true });
  }, [route.view, route.view === 'cell' ? route.id : '']);
}
