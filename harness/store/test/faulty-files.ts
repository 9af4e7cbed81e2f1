import { systemErrorCode } from '../../system-error.ts';
import type { OpenFile, StoreFiles } from '../store-files.ts';

/** How a call goes wrong; the last four only where something is written. */
export const FAULTS = [
  /** The system refuses, and nothing was done. */
  'ENOSPC',
  'EIO',
  /** It was done, and is refused nevertheless. */
  'EIO afterwards',
  /** The process is killed: no later call comes through. */
  'killed before',
  'killed afterwards',
] as const;
export const WRITE_FAULTS = [
  /** A part is written, which is no error. */
  'half written',
  'half written, then ENOSPC',
  'killed half written',
] as const;
export type Fault = (typeof FAULTS)[number] | (typeof WRITE_FAULTS)[number];

/** Not an error of the system: nothing may catch it, as nothing catches SIGKILL. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

export interface FaultyFiles extends StoreFiles {
  /** `sync /runs/a/journal.jsonl` …, in order. */
  readonly calls: readonly string[];
  /** Every call throws from now on. */
  kill(): void;
}

/** Lets the `at`th call (from 0) go wrong; `null`: none, to record a normal run. */
export function createFaultyFiles(
  files: StoreFiles,
  wanted: { readonly at: number; readonly fault: Fault } | null = null,
  /** Told before each call. */
  onCall: (call: string) => void = () => undefined,
): FaultyFiles {
  const calls: string[] = [];
  let killed = false;
  let full = false;

  const call = <T>(name: string, act: () => T): T => {
    if (killed) throw new Killed();
    onCall(name);
    const fault = calls.push(name) - 1 === wanted?.at ? wanted.fault : null;
    switch (fault) {
      case 'ENOSPC':
      case 'EIO':
        throw refusal(fault, name);
      case 'EIO afterwards':
        throw doneAnd(act, refusal('EIO', name));
      case 'killed before':
      case 'killed half written':
        killed = true;
        throw new Killed();
      case 'killed afterwards':
        killed = true;
        throw doneAnd(act, new Killed());
      default:
        return act();
    }
  };
  const write = (path: string, file: OpenFile, bytes: Uint8Array): number => {
    const half = Math.ceil(bytes.length / 2);
    if (calls.length === wanted?.at) {
      if (wanted.fault === 'killed half written') file.write(bytes.subarray(0, half));
      if (wanted.fault.startsWith('half written')) {
        full = wanted.fault === 'half written, then ENOSPC';
        return call(`write ${path}`, () => file.write(bytes.subarray(0, half)));
      }
    }
    return call(`write ${path}`, () => {
      if (full) throw refusal('ENOSPC', `write ${path}`);
      return file.write(bytes);
    });
  };
  const opened = (path: string, file: OpenFile): OpenFile => ({
    write: (bytes) => write(path, file, bytes),
    truncate: (bytes) => call(`truncate ${path}`, () => file.truncate(bytes)),
    sync: () => call(`sync ${path}`, () => file.sync()),
    close: () => call(`close ${path}`, () => file.close()),
  });

  return {
    calls,
    kill: () => {
      killed = true;
    },
    makeDirectory: (path) => call(`makeDirectory ${path}`, () => files.makeDirectory(path)),
    list: (path) => call(`list ${path}`, () => files.list(path)),
    read: (path, bytesMax) => call(`read ${path}`, () => files.read(path, bytesMax)),
    create: (path) =>
      opened(
        path,
        call(`create ${path}`, () => files.create(path)),
      ),
    openToAppend: (path) =>
      opened(
        path,
        call(`openToAppend ${path}`, () => files.openToAppend(path)),
      ),
    isDirectory: (path) => call(`isDirectory ${path}`, () => files.isDirectory(path)),
    openDirectory: (path) => {
      const directory = call(`openDirectory ${path}`, () => files.openDirectory(path));
      return {
        sync: () => call(`sync ${path}`, () => directory.sync()),
        close: () => call(`close ${path}`, () => directory.close()),
      };
    },
    rename: (from, to) => call(`rename ${from} ${to}`, () => files.rename(from, to)),
    link: (existing, added) => call(`link ${existing} ${added}`, () => files.link(existing, added)),
    remove: (path) => call(`remove ${path}`, () => files.remove(path)),
  };
}

/** Whatever came of it: nobody hears of that. */
function doneAnd(act: () => unknown, thrown: Error): Error {
  try {
    act();
    return thrown;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return thrown;
  }
}

function refusal(code: string, call: string): Error {
  return Object.assign(new Error(`${code}: ${call}`), { code });
}
