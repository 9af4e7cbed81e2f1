/** One user's request between its start and its end, as engines see it. */
export interface Flight {
  /** Which template of the mix it is made from, by its index. */
  readonly template: number;
  /** From here its latency counts: when it was due, in µs since the start of the run. */
  readonly intendedUs: number;
  /** When its last attempt began; `null` before the first. */
  readonly sentUs: number | null;
  /** Begun so far. */
  readonly attempts: number;
}

/** A flight as the recorder, which makes them all, writes it down. */
export class OpenFlight implements Flight {
  readonly intendedUs: number;
  readonly template: number;
  sentUs: number | null = null;
  attempts = 0;
  attemptIsOpen = false;

  constructor(intendedUs: number, template: number) {
    this.intendedUs = intendedUs;
    this.template = template;
  }

  /** The flight behind what an engine holds of it. */
  static of(flight: Flight): OpenFlight {
    if (!(flight instanceof OpenFlight)) throw new TypeError('not a flight of a recorder');
    return flight;
  }
}
