import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { listenersIn, listenersOf } from './listeners.ts';

test('listening sockets are read of the kernel’s tables, in both families', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0
   2: 0100007F:1538 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0
   0: 00000000000000000000000001000000:1F91 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 4714 1
   1: 00000000000000000000000000000000:1F92 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 4715 1
`;
  expect(listenersIn(table)).toEqual([
    { address: '127.0.0.1', port: 5432, inode: '4711' },
    { address: '0.0.0.0', port: 8080, inode: '4712' },
    { address: '::1', port: 8081, inode: '4714' },
    { address: '::', port: 8082, inode: '4715' },
  ]);
});

const onLinux = test.runIf(process.platform === 'linux');

onLinux.for(['127.0.0.1', '::1'])('this process’s own at %s is found', async (host, { skip }) => {
  if (host === '::1' && !existsSync('/proc/net/if_inet6')) skip('there is no IPv6');
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  expect(listenersOf([process.pid])).toContainEqual({ address: host, port });
  server.close();
  await once(server, 'close');
  expect(listenersOf([process.pid])?.map((it) => it.port)).not.toContain(port);
});
