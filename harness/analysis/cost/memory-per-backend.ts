/** Of one process, or of several together. */
export interface ProcessMemory {
  /** Proportional set size: a page that four processes have counts a quarter in each. */
  readonly pssBytes: number;
  /** Resident set size: it counts wholly in each of them. */
  readonly rssBytes: number;
  /** Pages that nobody else has. */
  readonly privateBytes: number;
  /** The kernel's own, about where the pages are; in none of the others. */
  readonly pageTableBytes: number;
}

/** One look at a server with this many sessions to compare. */
export interface MemoryReading {
  readonly backends: number;
  readonly ofBackends: ProcessMemory;
  /** Of all of PostgreSQL's processes, the sessions among them. */
  readonly ofServer: ProcessMemory;
}

/** What one more idle session takes. */
export interface MemoryPerBackend {
  /**
   * The growth of the sum of PSS over the sessions. What they share is in it once and for all, so that
   * it goes away in the difference.
   */
  readonly pssBytes: number;
  /**
   * The same over all processes of the server: less, by what the others share of pages that they have in
   * common with the new ones.
   */
  readonly serverPssBytes: number;
  readonly rssBytes: number;
  readonly privateBytes: number;
  readonly pageTableBytes: number;
}

/** @throws RangeError unless the second has more sessions */
export function memoryPerBackend(few: MemoryReading, many: MemoryReading): MemoryPerBackend {
  const more = many.backends - few.backends;
  if (more <= 0) throw new RangeError(`${few.backends} to ${many.backends} sessions do not grow`);
  const growth = (read: (reading: MemoryReading) => number): number =>
    (read(many) - read(few)) / more;
  return {
    pssBytes: growth(({ ofBackends }) => ofBackends.pssBytes),
    serverPssBytes: growth(({ ofServer }) => ofServer.pssBytes),
    rssBytes: growth(({ ofBackends }) => ofBackends.rssBytes),
    privateBytes: growth(({ ofBackends }) => ofBackends.privateBytes),
    pageTableBytes: growth(({ ofBackends }) => ofBackends.pageTableBytes),
  };
}
