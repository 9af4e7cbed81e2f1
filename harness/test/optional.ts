import { test } from 'vitest';
import {
  type Detection,
  type OptionalPart,
  requiredParts,
  resolveOptional,
} from './optional-part.ts';

/** A thing some tests need and some machines lack. Where it is absent, `test` skips. */
export interface Optional<Thing> {
  readonly test: typeof test | typeof test.skip;
  /** The thing itself; throws where it is absent, which a skipped test never sees. */
  get(): Thing;
}

/**
 * Looks for something a machine may lack, once per test file:
 *
 * ```ts
 * const docker = await optional('docker', detectDocker);
 * docker.test('starts in a container', async () => start(docker.get()));
 * ```
 *
 * Absent, it says so on stderr and skips; named in POOL_LAB_REQUIRE, it fails the file instead.
 */
export async function optional<Thing>(
  part: OptionalPart,
  detect: () => Promise<Detection<Thing>>,
): Promise<Optional<Thing>> {
  const resolved = resolveOptional({
    part,
    detection: await detect(),
    required: requiredParts(process.env['POOL_LAB_REQUIRE']),
  });
  if (resolved.state === 'present') return { test, get: () => resolved.thing };
  process.stderr.write(`${resolved.line}\n`);
  return {
    test: test.skip,
    get: () => {
      throw new Error(resolved.line);
    },
  };
}
