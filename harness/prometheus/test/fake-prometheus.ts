import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakePrometheus extends Disposable {
  readonly directory: string;
  /** Of the script, which is called `prometheus`. */
  readonly path: string;
}

/** A directory with a script that plays a Prometheus; its lines are those of a shell. */
export function fakePrometheus(...lines: readonly string[]): FakePrometheus {
  const directory = mkdtempSync(join(tmpdir(), 'pool-lab-fake-prometheus-'));
  const path = join(directory, 'prometheus');
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
  return {
    directory,
    path,
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
