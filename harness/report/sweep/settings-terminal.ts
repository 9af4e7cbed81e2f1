import { SOURCE_DEFAULT } from '../../plan/option-table.ts';
import { plural } from '../format.ts';
import { lineText } from '../line-text.ts';
import type { ReportLine } from '../report-line.ts';
import type { TerminalStyle } from '../terminal-style.ts';
import { table } from '../text-layout.ts';
import type { ExplainedSetting } from './explained-settings.ts';
import { plainText } from './plain-text.ts';

interface SettingsTerminalOptions extends TerminalStyle {
  /** That was read; `null`: none. */
  readonly file: string | null;
  /** What a sweep with these settings would do, and how long that takes. */
  readonly sweep: readonly ReportLine[];
}

/** What was given with its place, then everything that is as it comes, then what it comes to. */
export function settingsTerminal(
  settings: readonly ExplainedSetting[],
  { file, sweep, ...style }: SettingsTerminalOptions,
): string {
  const { paint } = style;
  const given = settings.filter(({ source }) => source !== SOURCE_DEFAULT);
  const others = settings.filter(({ source }) => source === SOURCE_DEFAULT);
  const read = file === null ? 'no file is read' : `${plainText(file)} is read`;
  const first = `${plural(given.length, 'setting')} of ${settings.length} given; ${read}`;
  return [
    paint.bold(first),
    ...(given.length === 0
      ? []
      : [
          '',
          ...table(
            given.map(({ setting, value, source, changed }) => [
              setting,
              plainText(source),
              `${plainText(value)}${changed ? '' : '  (the default)'}`,
            ]),
            [],
          ),
        ]),
    '',
    'defaults:',
    ...table(
      others.map(({ setting, value }) => [setting, value]),
      [],
    ),
    '',
    ...sweep.map((line) => lineText(line, style)),
    '',
  ].join('\n');
}
