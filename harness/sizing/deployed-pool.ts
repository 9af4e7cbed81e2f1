import { POOL_DEFAULTS } from '../../server/contract.ts';
import { type Dialect, hasOverflow } from './dialect.ts';
import type { Preset, PresetHost } from './presets.ts';
import { claimOfShape, type ProcessClaim } from './process-claim.ts';

export interface DeployedPool {
  readonly claim: ProcessClaim;
  /** As a formula shows it: `5+10`, `10`, `unlimited`. */
  readonly shapeText: string;
  readonly dialect: Dialect;
}

/**
 * One process's pool: a preset's defaults, with what the user has configured in their place.
 * `null` for a number that was not given. Without a preset the numbers are SQLAlchemy's.
 */
export function deployedPool(given: {
  readonly preset: Preset | null;
  readonly host: PresetHost;
  readonly poolSize: number | null;
  readonly maxOverflow: number | null;
}): DeployedPool {
  const { preset, host, poolSize, maxOverflow } = given;
  const dialect = preset?.dialect ?? 'sqlalchemy';
  if (preset !== null && poolSize === null && maxOverflow === null) {
    return { claim: preset.claim(host), shapeText: preset.shapeText(host), dialect };
  }
  const usual = preset?.claim(host) ?? claimOfShape(POOL_DEFAULTS);
  if (hasOverflow(dialect)) {
    const usualOverflow = usual.most === null || usual.idle === null ? -1 : usual.most - usual.idle;
    const shape = {
      poolSize: poolSize ?? usual.idle ?? 0,
      maxOverflow: maxOverflow ?? usualOverflow,
    };
    return { claim: claimOfShape(shape), shapeText: shapeText(shape), dialect };
  }
  // One maximum: what is given as overflow adds to it, and idle ones stay as the library keeps them.
  const shape = { poolSize: poolSize ?? usual.most ?? 0, maxOverflow: maxOverflow ?? 0 };
  const claim = claimOfShape(shape);
  return {
    claim: usual.idle === 0 ? { ...claim, idle: 0 } : claim,
    shapeText: shapeText(shape),
    dialect,
  };
}

function shapeText({ poolSize, maxOverflow }: { poolSize: number; maxOverflow: number }): string {
  if (poolSize === 0) return 'unlimited';
  if (maxOverflow === -1) return `${poolSize}+unlimited`;
  return maxOverflow === 0 ? String(poolSize) : `${poolSize}+${maxOverflow}`;
}
