import type {
  ServerAccount,
  ServiceObservation,
  TrialObservations,
} from '../analysis/trial-observations.ts';
import type { LoadResult } from '../load/load-engine.ts';
import type { ServiceEnd } from '../service/service-end.ts';
import type { MonitorWindow } from './monitor-window.ts';

/** What a tested system tells of one window, or shows without telling; begun before the window. */
export interface WindowAccount extends AsyncDisposable {
  /** Once, after the drain. */
  end(seen: { readonly load: LoadResult; readonly window: MonitorWindow }): Promise<ToldByTested>;
}

export interface ToldByTested {
  readonly account: ServerAccount | null;
  readonly deaths: TrialObservations['deaths'];
  /** With how it ended, where the lab stopped it; `null`: an API of this project was measured. */
  readonly service: ((stopped: ServiceEnd | null) => ServiceObservation) | null;
}
