import { expect, test } from 'vitest';
import { createPaint } from './paint.ts';
import { preconditionsTerminal } from './preconditions-terminal.ts';

const STYLE = { columns: 80, paint: createPaint(false) };

test('a machine that lacks something: the count first, then ✗ with its remedy', () => {
  const text = preconditionsTerminal(
    {
      preconditions: [
        { name: 'Node.js', ok: true, detail: 'version 24.1.0', remedy: '' },
        { name: 'free disk space', ok: false, detail: '20 MB free', remedy: 'Free 500 MB.' },
      ],
      optional: [],
    },
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

test('a machine that has all it must have is ready, whatever else it could use', () => {
  const text = preconditionsTerminal(
    {
      preconditions: [{ name: 'Node.js', ok: true, detail: 'version 24.1.0', remedy: '' }],
      optional: [
        { name: 'Prometheus', found: false, detail: 'not on PATH', remedy: 'Install it.' },
        { name: 'Grafana', found: true, detail: 'version 12', remedy: '' },
      ],
    },
    STYLE,
  );
  expect(text).toBe(
    [
      'READY: 1 of 1 precondition met',
      '',
      '✓ Node.js     version 24.1.0',
      '– Prometheus  not on PATH',
      '  → Install it.',
      '✓ Grafana     version 12',
      '',
    ].join('\n'),
  );
});
