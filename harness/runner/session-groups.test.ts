import { expect, test } from 'vitest';
import type { BackendGroup } from '../postgres/monitor-queries.ts';
import { createSessionGroups, SESSION_GROUPS_MAX } from './session-groups.ts';

function group(applicationName: string, state: string, backends: number): BackendGroup {
  const who = { role: 'shop', database: 'shop', address: '10.0.0.7' };
  return { applicationName, ...who, state, backends, waitEvent: null };
}

test('states of one application are one row, its peak that of one moment', () => {
  const groups = createSessionGroups();
  groups.add([group('shop', 'active', 3), group('shop', 'idle', 2), group('jobs', 'idle', 1)]);
  groups.add([group('shop', 'active', 1)]);
  expect(groups.result()).toEqual([
    {
      applicationName: 'shop',
      role: 'shop',
      address: '10.0.0.7',
      peak: 5,
      meanByState: { active: 2, idle: 1 },
    },
    {
      applicationName: 'jobs',
      role: 'shop',
      address: '10.0.0.7',
      peak: 1,
      meanByState: { idle: 0.5 },
    },
  ]);
});

test('a service that names each connection anew makes a short table, with the rest in one row', () => {
  const groups = createSessionGroups();
  const names = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => group(`connection ${from + index}`, 'idle', 1));
  groups.add(names(0, SESSION_GROUPS_MAX));
  groups.add(names(SESSION_GROUPS_MAX, SESSION_GROUPS_MAX + 7));
  groups.add(names(SESSION_GROUPS_MAX + 7, SESSION_GROUPS_MAX + 10));
  const rows = groups.result();
  expect(rows).toHaveLength(SESSION_GROUPS_MAX + 1);
  expect(rows[0]).toEqual({
    applicationName: 'others',
    role: '',
    address: '',
    peak: 7,
    meanByState: { idle: 10 / 3 },
  });
});

test('a name cannot move a terminal’s cursor', () => {
  const groups = createSessionGroups();
  groups.add([group('shop\u001b[2J\nsecond line', 'idle', 1)]);
  expect(groups.result()).toMatchObject([{ applicationName: 'shop\ufffd[2J second line' }]);
});

test('an address as a name, cut within its password, shows none of it', () => {
  const groups = createSessionGroups();
  const address = 'postgresql+asyncpg://orders_service:opensesame-opensesame-opensesame@db/orders';
  for (const name of [address.slice(0, 63), 'orders: jobs', 'http://shop']) {
    groups.add([group(name, 'idle', 1)]);
  }
  expect(groups.result().map(({ applicationName }) => applicationName)).toEqual([
    'postgresql+asyncpg://orders_service:[redacted]',
    'orders: jobs',
    'http://shop',
  ]);
});
