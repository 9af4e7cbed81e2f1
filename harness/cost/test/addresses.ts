import type { DatabaseConfig } from '../../../server/contract.ts';

/** Of a server that a test puts there. */
export const NO_TLS_ADDRESS: DatabaseConfig = {
  host: '127.0.0.1',
  port: 1,
  user: 'somebody',
  password: 'secret',
  database: 'somewhere',
};
