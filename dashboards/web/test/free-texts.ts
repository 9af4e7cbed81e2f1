import type { CellResult } from '../../../harness/analysis/sweep/sweep-result.ts';
import type { ReportData } from '../../../harness/report/html/report-data.ts';

/**
 * The report with other texts in every field that somebody outside can write: all of them in fields that
 * there is one of, in lists and in keys; one a cell, in turn, in fields of cells. With as many other texts
 * it has the same shape.
 */
export function withFreeTexts(data: ReportData, texts: readonly string[]): ReportData {
  const all = texts.join(' ');
  const { result } = data;
  const { plan, environment } = result;
  return {
    ...data,
    answers: data.answers.map(({ dialects }) => ({
      sentence: all,
      dialects: dialects.map((_, index) => ({
        dialect: inTurn(texts, index),
        code: inTurn(texts, index + 1),
        notes: [inTurn(texts, index + 2)],
      })),
    })),
    commandLine: all,
    carriesOver: texts.map((text) => ({ label: text, text, rows: [text] })),
    condensed: texts,
    runDirectory: all,
    result: {
      ...result,
      plan: {
        ...plan,
        settings: Object.fromEntries(texts.map((text) => [text, [text, text]])),
        base: {
          ...plan.base,
          workloadParams: keyed(texts, (text) => text),
          postgres: { ...plan.base.postgres, extra: keyed(texts, (text) => text) },
          thresholds: [...texts],
        },
      },
      planHash: all,
      createdAt: all,
      lastTrialAt: all,
      damage: [...texts],
      environment: environment && {
        ...environment,
        poolLabVersion: all,
        nodeVersion: all,
        platform: all,
        arch: all,
        osRelease: all,
        cpuModel: all,
        loadEngine: all,
        postgres: {
          ...environment.postgres,
          version: all,
          fileSystem: all,
          durability: keyed(texts, (text) => text),
        },
      },
      advice: Object.fromEntries(Object.keys(result.advice).map((code) => [code, all])),
      cells: result.cells.map((cell, index) => cellWithTexts(cell, inTurn(texts, index))),
    },
  };
}

function cellWithTexts(cell: CellResult, text: string): CellResult {
  return {
    ...cell,
    caveats: cell.caveats.map((caveat) => ({ ...caveat, detail: text })),
    rounds: cell.rounds.map((round) =>
      round.state === 'measured'
        ? { ...round, startedAt: text }
        : { ...round, error: { code: text, message: text, hint: text } },
    ),
    failures: keyed([text], () => 7),
    bottleneck: cell.bottleneck && { ...cell.bottleneck, evidence: text },
    waitEventShares: keyed([text], () => 0.5),
    thresholds: [true, false].map((met) => ({ expression: text, met, detail: text })),
  };
}

/** By definition, not by assignment: `__proto__` is a key like any other. */
function keyed<T>(texts: readonly string[], value: (text: string) => T): Record<string, T> {
  return Object.fromEntries(texts.map((text) => [text, value(text)]));
}

function inTurn(texts: readonly string[], index: number): string {
  return texts[index % texts.length] ?? '';
}
