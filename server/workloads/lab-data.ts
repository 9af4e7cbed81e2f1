/**
 * Sizes of the data the workloads work on. Small enough to seed in a second and to stay in memory,
 * large enough that a read by key is an index lookup and a report costs CPU.
 */
export const ACCOUNT_ROWS = 100_000;
/** Most hot rows a request may choose from; few of them are used at a time. */
export const HOT_ROWS = 64;
export const EVENT_ROWS = 50_000;
