import type { Ledger, LoadResult, LoadSecond } from '../../load/load-engine.ts';
import type { Gates } from '../../plan/gates.ts';
import type { ServerAccount, WatchedObservations } from '../trial-observations.ts';

/** What makes a sound trial another one. */
export type Change = (sound: WatchedObservations) => WatchedObservations;

export const withLoad =
  (change: (load: LoadResult) => Partial<LoadResult>): Change =>
  (sound) => ({ ...sound, load: { ...sound.load, ...change(sound.load) } });

export const withLedger = (change: Partial<Ledger>): Change =>
  withLoad(({ ledger }) => ({ ledger: { ...ledger, ...change } }));

export const withGates =
  (gates: Partial<Gates>): Change =>
  (sound) => ({ ...sound, plan: { ...sound.plan, gates: { ...sound.plan.gates, ...gates } } });

export const withGenerator = (change: Partial<LoadResult['generator']>): Change =>
  withLoad(({ generator }) => ({ generator: { ...generator, ...change } }));

export const withHost =
  (change: Partial<WatchedObservations['host']>): Change =>
  (sound) => ({ ...sound, host: { ...sound.host, ...change } });

export const withServer =
  (change: Partial<WatchedObservations['server']>): Change =>
  (sound) => ({ ...sound, server: { ...sound.server, ...change } });

export const withAttempts = (change: Partial<Ledger['attempts']>): Change =>
  withLoad(({ ledger }) => ({
    ledger: { ...ledger, attempts: { ...ledger.attempts, ...change } },
  }));

export const withAfter =
  (workers: ServerAccount['after']['workers']): Change =>
  (sound) => ({
    ...sound,
    account: { ...accountOf(sound), after: { ...accountOf(sound).after, workers } },
  });

function accountOf({ account }: WatchedObservations): ServerAccount {
  if (account === null) throw new Error('the sound trial has an account');
  return account;
}

export const withSeconds = (change: (second: LoadSecond) => LoadSecond): Change =>
  withLoad(({ seconds }) => ({ seconds: seconds.map(change) }));

export const both =
  (...changes: readonly Change[]): Change =>
  (sound) =>
    changes.reduce((changed, change) => change(changed), sound);

export const unchanged: Change = (sound) => sound;

/** Each second right answers become fewer and slower, from 960 of them on. */
export const drifting = withSeconds((it) => ({
  ...it,
  outcomes: { ...it.outcomes, ok: 960 - 40 * it.second },
  latencyUs: { ...it.latencyUs, ok: `${14 + 4 * it.second}x${960 - 40 * it.second}` },
}));

/** 960 of 1,000 arrivals are answered in each second, and the rest piles up. */
export const overloading = withSeconds((it) => ({
  ...it,
  inFlightSeconds: 20 + 40 * it.second,
  latencyUs: { ...it.latencyUs, ok: `${14 + 40 * it.second}x960` },
}));

export const settlesAfter = (seconds: number): Change =>
  withSeconds((it) => ({
    ...it,
    outcomes: { ...it.outcomes, ok: it.second < seconds ? 400 + 50 * it.second : 960 },
  }));

export const shareOfDropped = (dropped: number): Change =>
  withLedger({ dropped, scheduled: 12_000 });
