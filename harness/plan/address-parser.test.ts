import { expect, test } from 'vitest';
import { hostAndPort, hostName, hostsAndPorts, httpOrigin, ipAddress } from './address-parser.ts';

test.each([
  ['db:5432', { host: 'db', port: 5_432 }],
  ['DB.Example.com:1', { host: 'db.example.com', port: 1 }],
  ['192.0.2.7:65535', { host: '192.0.2.7', port: 65_535 }],
  ['[2001:db8::7]:6432', { host: '2001:db8::7', port: 6_432 }],
])('%s is a host and a port, and is printed so that it is read again', (text, value) => {
  expect(hostAndPort().parse([text])).toEqual({ ok: true, value });
  expect(hostAndPort().parse([hostAndPort().print(value)])).toEqual({ ok: true, value });
});

test.each([
  '',
  'db',
  'db:',
  ':1',
  'db:0',
  'db:65536',
  'db:x',
  '2001:db8::7:1',
  'a b:1',
  'u@db:1',
  'db:1/x',
])('%j is none', (text) => {
  expect(hostAndPort().parse([text]).ok).toBe(false);
  expect(hostsAndPorts().parse(['db:1', text]).ok).toBe(false);
});

test('a host is the same in capitals and in brackets', () => {
  expect(hostName().parse(['DB.example.com'])).toEqual({ ok: true, value: 'db.example.com' });
  expect(hostName().parse(['[::1]'])).toEqual({ ok: true, value: '::1' });
  expect(hostName().parse(['db.example.com:5432']).ok).toBe(false);
});

test('one listens on an address, not on a name', () => {
  expect(ipAddress().parse(['::']).ok).toBe(true);
  expect(ipAddress().parse(['localhost']).ok).toBe(false);
});

test.each([
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://API:8080/', 'http://api:8080'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
])('%s is an origin', (text, value) => {
  expect(httpOrigin().parse([text])).toEqual({ ok: true, value });
});

test.each([
  ['', 'is empty'],
  ['127.0.0.1:8080', 'is not a URL'],
  ['ftp://127.0.0.1', 'is not http'],
  ['http://127.0.0.1/w/point', 'is more than an origin'],
  ['http://127.0.0.1/?a', 'is more than an origin'],
  ['http://u:secret@127.0.0.1', 'holds a user or a password, which the API has none of'],
])('%j is none, since it %s', (text, problem) => {
  expect(httpOrigin().parse([text])).toEqual({ ok: false, problem });
});

test('whoever gives https or a path is told where to go with it', () => {
  expect(httpOrigin().parse(['https://127.0.0.1'])).toEqual({
    ok: false,
    problem: 'is https, not http: the load is made over plain HTTP/1.1',
    remedy: 'give the address behind what ends TLS, where the service itself listens',
  });
  expect(httpOrigin('the path goes elsewhere').parse(['http://127.0.0.1/orders'])).toEqual({
    ok: false,
    problem: 'is more than an origin',
    remedy: 'the path goes elsewhere',
  });
});
