import { type Family, rowId } from './family.ts';
import { CLOSES, RESETS, SILENT_CLOSES } from './rows/breaks.ts';
import { CONSTANT } from './rows/constant.ts';
import { FREEZE } from './rows/freeze.ts';
import { OVERLOAD } from './rows/overload.ts';
import { SLOTS_FAMILY } from './rows/slots.ts';
import { STALL } from './rows/stall.ts';

/** In the order in which they run and are printed. */
export const FAMILIES: readonly Family[] = [
  CONSTANT,
  FREEZE,
  RESETS,
  CLOSES,
  SILENT_CLOSES,
  STALL,
  SLOTS_FAMILY,
  OVERLOAD,
];

export const ROW_IDS: readonly string[] = FAMILIES.flatMap((family) =>
  family.rows.map((row) => rowId(family, row)),
);
