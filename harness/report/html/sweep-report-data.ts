import type { CellResult, SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { DIALECTS, inDialect } from '../../sizing/dialect.ts';
import { carriesOverLines, farthestOf } from '../carries-over-lines.ts';
import { poolerOfPlanLines } from '../pooler-text.ts';
import type { ReportLine } from '../report-line.ts';
import { sweepCommandLine } from '../sweep/sweep-command-line.ts';
import { situationSentence } from '../sweep/sweep-headline.ts';
import { viewSweep } from '../sweep/sweep-view.ts';
import { servicePlanLines } from '../trial-service-lines.ts';
import { REPORT_DATA_VERSION, type ReportData, type ReportDialect } from './report-data.ts';

/** What a result does not know of its own run. */
export interface RunFacts {
  /** Where the run is stored, as the user named it; `null` where it is not known. */
  readonly runDirectory: string | null;
}

/** What the page says, in the words of the other reports. */
export function sweepReportData(result: SweepResult, facts: RunFacts): ReportData {
  const view = viewSweep(result);
  return {
    version: REPORT_DATA_VERSION,
    result,
    answers: result.situations.map((situation) => ({
      sentence: situationSentence(view, situation),
      dialects: dialectsOf(view.cell(situation.best)),
    })),
    commandLine: sweepCommandLine(result.plan),
    carriesOver: carriesOver(result),
    condensed: [],
    runDirectory: facts.runDirectory,
  };
}

function dialectsOf(best: CellResult | null): readonly ReportDialect[] {
  if (best === null || best.variables.poolKind === 'null') return [];
  return DIALECTS.flatMap((dialect) => {
    const text = inDialect(dialect, best.variables);
    return text === null ? [] : [{ dialect, ...text }];
  });
}

function carriesOver({ environment, plan, unseen }: SweepResult): readonly ReportLine[] {
  return environment === null
    ? [{ label: 'CARRIES OVER', text: 'the arithmetic of the budget; nothing was measured' }]
    : [
        ...servicePlanLines(plan.base),
        ...poolerOfPlanLines(plan.base),
        ...carriesOverLines(environment, farthestOf(plan)),
        // The page sets each label once.
        ...(unseen.length === 0 ? [] : [{ label: 'NOT SEEN', text: unseen.join(' ') }]),
      ];
}
