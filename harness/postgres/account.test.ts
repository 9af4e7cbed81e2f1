import { expect, test } from 'vitest';
import { chooseServerAccount, findAccount } from './account.ts';

const PASSWD = [
  'root:x:0:0:root:/root:/bin/bash',
  'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin',
  'mac:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false',
  '',
].join('\n');

test('an account is found with its user and group id', () => {
  expect(findAccount('nobody', PASSWD)).toEqual({ name: 'nobody', uid: 65534, gid: 65533 });
});

test('macOS’s −2 is the unsigned number the system calls want', () => {
  expect(findAccount('mac', PASSWD)).toEqual({ name: 'mac', uid: 4294967294, gid: 4294967294 });
});

test.each([
  { what: 'a missing account', name: 'nobody', passwd: 'root:x:0:0::/:/bin/sh' },
  { what: 'an account that is root by another name', name: 'root', passwd: PASSWD },
  { what: 'a system without accounts', name: 'nobody', passwd: '' },
])('$what is refused with the way out', ({ name, passwd }) => {
  expect(() => findAccount(name, passwd)).toThrow(
    expect.objectContaining({
      code: 'NO_UNPRIVILEGED_ACCOUNT',
      message: expect.stringContaining(`"${name}"`),
      hint: expect.stringContaining('useradd'),
    }),
  );
});

test('root hands the server to another account, everybody else runs it as themselves', () => {
  const { switchTo } = chooseServerAccount();
  if (process.getuid?.() === 0) expect(switchTo?.name).toBe('nobody');
  else expect(switchTo).toBeNull();
});
