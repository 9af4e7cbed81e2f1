/**
 * What must not outlive the harness, whatever ends it. A process is named by its pid here and by
 * pid plus start time where it is acted upon later, so that a recycled pid is never hit.
 */
export type GuardedResource =
  /** Leader of a process group of its own; the whole group is ended. */
  | { readonly kind: 'process-group'; readonly pid: number }
  /** This one alone. */
  | { readonly kind: 'process'; readonly pid: number }
  /**
   * Whoever has the marker of a service in its environment, or the limit that it was given, and their descendants;
   * guarded before there is one.
   */
  | { readonly kind: 'marked-processes'; readonly marker: string; readonly limit: number | null }
  /** A postmaster: its children lead groups of their own, so it is ended in PostgreSQL's way. */
  | { readonly kind: 'postmaster'; readonly pid: number; readonly dataDirectory: string }
  /** Containers by the label they carry, guarded before there is one. */
  | { readonly kind: 'container'; readonly socketPath: string; readonly lab: string }
  /** Removed with everything in it, after the processes are gone. */
  | { readonly kind: 'directory'; readonly path: string };

/** What `guard` gives back where there is nothing to release. */
export const NOTHING_GUARDED = (): void => {
  // Nothing was noted, so nothing is to be forgotten.
};

/** Someone who cleans up when the harness cannot any more. */
export interface Custodian {
  /** Takes note before it returns. The function given back tells that the resource is gone. */
  guard(resource: GuardedResource): () => void;
}
