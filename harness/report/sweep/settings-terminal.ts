import { SOURCE_DEFAULT } from '../../plan/option-table.ts';
import { plural } from '../format.ts';
import type { Paint } from '../paint.ts';
import { table } from '../text-layout.ts';
import type { ExplainedSetting } from './explained-settings.ts';
import { plainText } from './plain-text.ts';

/** What was given with its place, then everything that is as it comes. */
export function settingsTerminal(
  settings: readonly ExplainedSetting[],
  { file, paint }: { readonly file: string | null; readonly paint: Paint },
): string {
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
  ].join('\n');
}
