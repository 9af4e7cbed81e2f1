import type { PoolKind, PoolShape } from '../../server/contract.ts';

/** `(5+10)`, with 0 and −1 in words: 0 connections is not what `pool_size` 0 means. */
export function shapeText({
  kind,
  poolSize,
  maxOverflow,
}: PoolShape & { readonly kind?: PoolKind }): string {
  if (kind === 'null') return '(no pool)';
  if (poolSize === 0) return '(unlimited)';
  return `(${poolSize}+${maxOverflow === -1 ? 'unlimited' : maxOverflow})`;
}
