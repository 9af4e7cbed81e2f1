import { type FileSettings, readSettingsFile, type SettingsFile } from './settings-file.ts';
import { SWEEP_CALL_OPTIONS, SWEEP_PLAN_OPTIONS } from './sweep-options.ts';

const NOTHING: FileSettings = { texts: new Map(), requests: null, problems: [] };

/** What a file of a sweep's settings says; nothing where there is none. */
export function settingsOfFile(file: SettingsFile | null): FileSettings {
  return file === null
    ? NOTHING
    : readSettingsFile(file, { table: SWEEP_PLAN_OPTIONS, elsewhere: SWEEP_CALL_OPTIONS });
}
