import type { Paint } from './paint.ts';

/** How wide, and with which colours. */
export interface TerminalStyle {
  readonly columns: number;
  readonly paint: Paint;
}
