import type { CellResult } from '../../../harness/analysis/sweep/sweep-result.ts';
import type { ReportData } from '../../../harness/report/html/report-data.ts';

/**
 * The report with other texts in every field that somebody outside can write: all of them together where
 * there is one, one by one in lists and keys. With as many other texts it has the same shape.
 */
export function withFreeTexts(data: ReportData, texts: readonly string[]): ReportData {
  const all = together(texts);
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
      unseen: [...texts],
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
          seesOthers: true,
          durability: keyed(texts, (text) => text),
        },
      },
      advice: Object.fromEntries(Object.keys(result.advice).map((code) => [code, all])),
      cells: result.cells.map((cell) => cellWithTexts(cell, texts)),
    },
  };
}

function cellWithTexts(cell: CellResult, texts: readonly string[]): CellResult {
  const all = together(texts);
  return {
    ...cell,
    caveats: cell.caveats.map((caveat) => ({ ...caveat, detail: all })),
    rounds: cell.rounds.map((round) =>
      round.state === 'measured'
        ? { ...round, startedAt: all }
        : { ...round, error: { code: all, message: all, hint: all } },
    ),
    failures: keyed(texts, () => 7),
    bottleneck: cell.bottleneck && { ...cell.bottleneck, evidence: all },
    waitEventShares: keyed(texts, () => 1 / texts.length),
    thresholds: texts.map((text, index) => ({
      expression: text,
      met: index % 2 === 0,
      detail: text,
    })),
  };
}

/** All but the very long ones, which would make the page as long as a street: those are in lists. */
function together(texts: readonly string[]): string {
  return texts.filter(({ length }) => length < 1_000).join(' ');
}

/** By definition, not by assignment: `__proto__` is a key like any other. */
function keyed<T>(texts: readonly string[], value: (text: string) => T): Record<string, T> {
  return Object.fromEntries(texts.map((text) => [text, value(text)]));
}

function inTurn(texts: readonly string[], index: number): string {
  return texts[index % texts.length] ?? '';
}
