import { expect, test } from 'vitest';
import { originAddress } from './origin-address.ts';

test.each([
  ['http://127.0.0.1:8080', { host: '127.0.0.1:8080', hostname: '127.0.0.1', port: 8080 }],
  ['http://[::1]:8080', { host: '[::1]:8080', hostname: '::1', port: 8080 }],
  ['http://api.example', { host: 'api.example', hostname: 'api.example', port: 80 }],
])('%s is %j', (origin, address) => {
  expect(originAddress(origin)).toEqual(address);
});
