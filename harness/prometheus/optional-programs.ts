import { locatePrometheus, PROMETHEUS_REMEDY } from './prometheus-program.ts';

/** A program that the lab can do without, but for one thing. */
export interface OptionalProgram {
  readonly name: string;
  readonly found: boolean;
  /** What was found, and what it is good for. */
  readonly detail: string;
  /** How to get it; empty where it is there. */
  readonly remedy: string;
}

export async function lookForPrograms(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly OptionalProgram[]> {
  const name = 'Prometheus';
  const use = 'for `pool-lab up --prometheus`';
  const search = await locatePrometheus(env);
  return [
    search.state === 'found'
      ? {
          name,
          found: true,
          detail: `version ${search.program.version} at ${search.program.path}, ${use}`,
          remedy: '',
        }
      : {
          name,
          found: false,
          detail: `only ${use}: ${search.reason}`,
          remedy: PROMETHEUS_REMEDY,
        },
  ];
}
