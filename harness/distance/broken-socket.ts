import type { Socket } from 'node:net';

/**
 * Ends a socket so that its peer sees a connection that broke: a reset, which only TCP has. A socket of the file system
 * is closed, and whoever has sent something there that nobody read learns of a broken pipe.
 */
export function breakSocket(socket: Socket, { isTcp }: { readonly isTcp: boolean }): void {
  if (socket.destroyed) return;
  // One that nobody has connected yet has nothing to reset, which Node would report as an error.
  const isConnected = socket.connecting || !socket.pending;
  if (isTcp && isConnected) socket.resetAndDestroy();
  else socket.destroy();
}
