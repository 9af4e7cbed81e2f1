const HTTP_PORT = 80;

/** Where an origin is to be connected to, and what a request calls it. */
export interface OriginAddress {
  /** As a Host header has it: without the port where that is HTTP's own. */
  readonly host: string;
  /** A name or an address, as sockets take it. */
  readonly hostname: string;
  readonly port: number;
}

/** @param origin e.g. `http://127.0.0.1:8080` */
export function originAddress(origin: string): OriginAddress {
  const { host, hostname, port } = new URL(origin);
  return {
    host,
    // `URL` keeps the brackets of an IPv6 address.
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? HTTP_PORT : Number(port),
  };
}
