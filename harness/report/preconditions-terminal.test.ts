import { expect, test } from 'vitest';
import { createPaint } from './paint.ts';
import { preconditionsTerminal } from './preconditions-terminal.ts';

const STYLE = { columns: 80, paint: createPaint(false) };

test('a machine that lacks something: the count first, then ✗ with its remedy', () => {
  const text = preconditionsTerminal(
    [
      { name: 'Node.js', ok: true, detail: 'version 24.1.0', remedy: '' },
      { name: 'free disk space', ok: false, detail: '20 MB free', remedy: 'Free 500 MB.' },
    ],
    STYLE,
  );
  expect(text).toBe(
    [
      'NOT READY: 1 of 2 preconditions not met',
      '',
      '✓ Node.js          version 24.1.0',
      '✗ free disk space  20 MB free',
      '  → Free 500 MB.',
      '',
    ].join('\n'),
  );
});

test('a machine that has everything is ready', () => {
  const text = preconditionsTerminal(
    [{ name: 'Node.js', ok: true, detail: 'version 24.1.0', remedy: '' }],
    STYLE,
  );
  expect(text.split('\n')[0]).toBe('READY: 1 of 1 precondition met');
});
