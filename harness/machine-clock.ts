/**
 * The machine's monotonic clock in ms. All its processes have the same one, which `performance.now()` is
 * not: that counts from each process's own start. The server has the same, since `takenAtMs` is told on it.
 */
export const machineClockMs = (): number => Number(process.hrtime.bigint()) / NS_PER_MS;
const NS_PER_MS = 1e6;
