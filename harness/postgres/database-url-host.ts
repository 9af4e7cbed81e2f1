import { refusedUrl } from './database-url-refusal.ts';

/** Linux allows 107 bytes for a socket's path, macOS 103, of which its own name takes up to 16. */
const SOCKET_DIRECTORY_BYTES_MAX = 103 - '/.s.PGSQL.65535'.length;
/** Of a name in the DNS. */
const NAME_LENGTH_MAX = 253;

/**
 * A name or an address as the resolver takes it, in lower case, or the directory of a socket.
 *
 * @throws LabError CONFIG_INVALID
 */
export function databaseHost(text: string): string {
  if (text.includes(',')) throw refusedUrl('names several hosts');
  if (text.startsWith('/')) return socketDirectory(text);
  if (text.startsWith('@')) {
    throw refusedUrl(
      'has a socket without a file (@)',
      undefined,
      'have the server listen in a directory, or by TCP',
    );
  }
  // Neither a zone (fe80::1%eth0) nor a name in other letters: both mean something else elsewhere.
  const isHost = text.includes(':')
    ? /^[0-9a-f:.]+$/i.test(text)
    : /^[a-z0-9._-]+$/i.test(text) && text.length <= NAME_LENGTH_MAX;
  if (!isHost) throw refusedUrl('has a host that is neither a name nor an address');
  return text.toLowerCase();
}

function socketDirectory(path: string): string {
  if (Buffer.byteLength(path) > SOCKET_DIRECTORY_BYTES_MAX) {
    throw refusedUrl(
      `has a directory longer than the ${SOCKET_DIRECTORY_BYTES_MAX} bytes that a socket's may have`,
    );
  }
  return path;
}
