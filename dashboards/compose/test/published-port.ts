/** A port as the file publishes it: address on the host, variable port of the host, port inside. */
export interface PublishedPort {
  readonly address: string;
  readonly variable: string;
  readonly hostPort: number;
  readonly containerPort: number;
}

const SHAPE = /^(?<address>[\d.]+):\$\{(?<variable>\w+):-(?<hostPort>\d+)\}:(?<containerPort>\d+)$/;

/** @throws Error where it is written in any other way */
export function publishedPort(text: string): PublishedPort {
  const groups = SHAPE.exec(text)?.groups;
  if (groups === undefined) throw new Error(`not address:\${VARIABLE:-port}:port: ${text}`);
  return {
    address: groups['address'] ?? '',
    variable: groups['variable'] ?? '',
    hostPort: Number(groups['hostPort']),
    containerPort: Number(groups['containerPort']),
  };
}
