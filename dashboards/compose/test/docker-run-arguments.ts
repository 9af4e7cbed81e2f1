import type { ComposeService } from './compose-file.ts';

/** Keys that say when a container is started, not how. */
type OrderKey = 'build' | 'depends_on' | 'profiles' | 'pull_policy';

/** How `docker run` says each key of a service; a new key is a type error until it is said here. */
const ARGUMENTS: {
  readonly [K in Exclude<keyof ComposeService, OrderKey | 'image' | 'command'>]: (
    value: NonNullable<ComposeService[K]>,
  ) => readonly string[];
} = {
  cap_add: (names) => names.map((name) => `--cap-add=${name}`),
  cap_drop: (names) => names.map((name) => `--cap-drop=${name}`),
  entrypoint: () => {
    throw new Error('docker run takes one word as the entry point');
  },
  // Names alone: the values come in the environment of `docker` itself, so that no password is in argv.
  environment: (variables) => Object.keys(variables).map((name) => `--env=${name}`),
  healthcheck: ({ test, interval, timeout, retries, start_period: startPeriod }) => [
    `--health-cmd=${test.slice(1).map(quoted).join(' ')}`,
    `--health-interval=${interval}`,
    `--health-timeout=${timeout}`,
    `--health-retries=${retries}`,
    `--health-start-period=${startPeriod}`,
  ],
  init: (value) => (value ? ['--init'] : []),
  logging: ({ driver, options }) => [
    `--log-driver=${driver}`,
    ...Object.entries(options).map(([name, value]) => `--log-opt=${name}=${value}`),
  ],
  mem_limit: (size) => [`--memory=${size}`],
  ports: (ports) => ports.map((port) => `--publish=${port}`),
  read_only: (value) => (value ? ['--read-only'] : []),
  security_opt: (options) => options.map((option) => `--security-opt=${option}`),
  shm_size: (size) => [`--shm-size=${size}`],
  stop_grace_period: (time) => [`--stop-timeout=${time.replace(/s$/, '')}`],
  stop_signal: (name) => [`--stop-signal=${name}`],
  tmpfs: (places) => places.map((place) => `--tmpfs=${place}`),
  // Volumes of the project become nameless ones, which go with their container.
  volumes: (volumes) => volumes.map((volume) => `--volume=${volume.replace(/^\w+:/, '')}`),
};

/** The command line that starts a service, its variables filled in, as Compose starts it. */
export function dockerRunArguments(service: ComposeService): readonly string[] {
  const options = Object.entries(service).flatMap(([key, value]) => {
    const say = (ARGUMENTS as Record<string, ((value: unknown) => readonly string[]) | undefined>)[
      key
    ];
    return say === undefined ? [] : say(value);
  });
  return [...options, service.image, ...(service.command ?? [])];
}

/** For the shell that `--health-cmd` is given to. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
