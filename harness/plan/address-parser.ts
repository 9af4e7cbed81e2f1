import { z } from 'zod';
import type { Parsed, ValueParser } from './value-parser.ts';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

const ipAddressSchema = z.union([z.ipv4(), z.ipv6()]);
const PORT_MAX = 65_535;
const HOST_NAME = /^[A-Za-z0-9._-]+$/;

/** `host:port`, an IPv6 address in brackets. */
export function hostAndPort(): ValueParser<HostAndPort> {
  return {
    placeholder: 'host:port',
    expected: 'host:port, an IPv6 address in brackets',
    parse: (texts) => parseHostAndPort(texts.at(-1)?.trim() ?? ''),
    print: printHostAndPort,
  };
}

/** Several of them, each as a client would write it in a Host header. */
export function hostsAndPorts(): ValueParser<readonly string[]> {
  return {
    placeholder: 'host:port',
    expected: 'host:port, an IPv6 address in brackets',
    parse(texts) {
      const found: string[] = [];
      for (const text of texts) {
        const parsed = parseHostAndPort(text.trim());
        if (!parsed.ok) return parsed;
        found.push(printHostAndPort(parsed.value));
      }
      return { ok: true, value: [...new Set(found)] };
    },
    print: (value) => (value.length === 0 ? 'none' : value.join(' ')),
  };
}

/** A host by its name or its address, in lower case and without brackets. */
export function hostName(): ValueParser<string> {
  return {
    placeholder: 'host',
    expected: "a host's name or address, e.g. db.example.com",
    parse(texts) {
      const text = (texts.at(-1)?.trim() ?? '').replace(/^\[(.*)\]$/, '$1').toLowerCase();
      if (text === '') return { ok: false, problem: 'is empty' };
      if (isIpAddress(text) || HOST_NAME.test(text)) return { ok: true, value: text };
      return { ok: false, problem: "is neither a host's name nor an address" };
    },
    print: (value) => value,
  };
}

/** An address of one of the machine's own interfaces. */
export function ipAddress(): ValueParser<string> {
  return {
    placeholder: 'address',
    expected: 'an IP address, e.g. 127.0.0.1',
    parse(texts) {
      const text = texts.at(-1)?.trim() ?? '';
      if (text === '') return { ok: false, problem: 'is empty' };
      return isIpAddress(text)
        ? { ok: true, value: text }
        : { ok: false, problem: 'is not an IP address' };
    },
    print: (value) => value,
  };
}

/**
 * The origin of an HTTP server: no path, no user, no TLS.
 *
 * @param remedyOfPath where a path belongs instead
 */
export function httpOrigin(remedyOfPath?: string): ValueParser<string> {
  return {
    placeholder: 'url',
    expected: 'http://host:port',
    parse(texts) {
      const text = texts.at(-1)?.trim() ?? '';
      if (text === '') return { ok: false, problem: 'is empty' };
      // The text itself is not said again: it may hold a password.
      const url = URL.canParse(text) ? new URL(text) : null;
      if (url === null) return { ok: false, problem: 'is not a URL' };
      if (url.username !== '' || url.password !== '') {
        return { ok: false, problem: 'holds a user or a password, which the API has none of' };
      }
      if (url.protocol === 'https:') {
        return {
          ok: false,
          problem: 'is https, not http: the load is made over plain HTTP/1.1',
          remedy: 'give the address behind what ends TLS, where the service itself listens',
        };
      }
      if (url.protocol !== 'http:') return { ok: false, problem: 'is not http' };
      if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
        const remedy = remedyOfPath === undefined ? {} : { remedy: remedyOfPath };
        return { ok: false, problem: 'is more than an origin', ...remedy };
      }
      return { ok: true, value: url.origin };
    },
    print: (value) => value,
  };
}

function isIpAddress(text: string): boolean {
  return ipAddressSchema.safeParse(text).success;
}

function parseHostAndPort(text: string): Parsed<HostAndPort> {
  if (text === '') return { ok: false, problem: 'is empty' };
  const parts = /^(?<host>\[[^\]]+\]|[^:]+):(?<port>\d{1,5})$/.exec(text)?.groups;
  const host = (parts?.['host'] ?? '').replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const port = Number(parts?.['port'] ?? '');
  if (!isIpAddress(host) && !HOST_NAME.test(host))
    return { ok: false, problem: 'is not host:port' };
  if (port < 1 || port > PORT_MAX) {
    return { ok: false, problem: `has a port that is not from 1 to ${PORT_MAX}` };
  }
  return { ok: true, value: { host, port } };
}

function printHostAndPort({ host, port }: HostAndPort): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
