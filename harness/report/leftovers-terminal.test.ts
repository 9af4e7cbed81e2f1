import { expect, test } from 'vitest';
import { leftoversTerminal } from './leftovers-terminal.ts';
import { createPaint } from './paint.ts';

const STYLE = { columns: 80, paint: createPaint(false) };

test('removed directories come with their sizes, kept ones with who keeps them', () => {
  const text = leftoversTerminal(
    {
      directory: '/var/tmp',
      dryRun: false,
      removed: [
        { kind: 'cache', path: '/var/tmp/c', bytes: 57_671_680 },
        { kind: 'orphan', path: '/var/tmp/o', bytes: 1_024, pid: 42 },
      ],
      kept: [{ kind: 'in use', path: '/var/tmp/r', bytes: 0, pid: 7 }],
    },
    STYLE,
  );
  expect(text.split('\n')).toEqual([
    'REMOVED 2 directories, 55 MiB freed',
    '',
    '✓      55 MiB  cache, made again at the next start                /var/tmp/c',
    '✓     1.0 KiB  left by a killed lab, its server (pid 42) running  /var/tmp/o',
    'kept      0 B  in use by a lab (pid 7)                            /var/tmp/r',
    '',
  ]);
});

test('a dry run says what would go, and an empty one that nothing would', () => {
  const found = { directory: '/var/tmp', dryRun: true, removed: [], kept: [] };
  expect(leftoversTerminal(found, STYLE)).toBe('NOTHING TO REMOVE in /var/tmp\n');
  const kept = [{ kind: 'in use' as const, path: '/r', bytes: 0 }];
  expect(leftoversTerminal({ ...found, kept }, STYLE)).toMatch(/^NOTHING TO REMOVE .*: 1 in use\n/);
  const removed = [{ kind: 'cache' as const, path: '/c', bytes: 2_048 }];
  expect(leftoversTerminal({ ...found, removed }, STYLE).split('\n')[0]).toBe(
    'WOULD REMOVE 1 directory, 2.0 KiB; without --dry-run they go',
  );
});
