import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SSL_MODES } from '../../server/contract.ts';
import { clientOptions } from './client-options.ts';

const ADDRESS = { host: 'db.test', port: 5_432, user: 'ann', password: 'secret', database: 'app' };
const CERTIFICATE = join(import.meta.dirname, '../../server/test/tls/authority.crt');

test('the address that was judged is connected to, and the name is for the certificate', () => {
  const judged = clientOptions({ ...ADDRESS, hostAddress: '127.0.0.9', sslMode: 'verify-full' });
  expect(judged).toMatchObject({
    host: '127.0.0.9',
    ssl: { servername: 'db.test', host: 'db.test' },
  });
});

test.each(SSL_MODES.filter((mode) => mode !== 'disable'))(
  'whether a certificate is checked, %s says and not the environment',
  (sslMode) => {
    const { ssl } = clientOptions({ ...ADDRESS, sslMode });
    expect(ssl).toMatchObject({ rejectUnauthorized: sslMode !== 'require', minVersion: 'TLSv1.2' });
    const asked = clientOptions({ ...ADDRESS, sslMode, sslRootCert: CERTIFICATE });
    expect(asked.ssl).toMatchObject({ rejectUnauthorized: true });
  },
);
