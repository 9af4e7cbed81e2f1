import { expect, test } from 'vitest';
import { errorText } from './error-text.ts';
import { createPaint } from './paint.ts';

test('the message and what to do, each with its lines', () => {
  const told = { message: 'not comparable:\n\tworkers: 1, 2', hint: 'measure both' };
  expect(errorText(told, createPaint(false))).toBe(
    'not comparable:\n    workers: 1, 2\n→ measure both\n',
  );
  expect(errorText(told, createPaint(true))).toContain('\u001b[31mnot comparable');
});

test('what others wrote moves no cursor and turns no text', () => {
  const quoted = 'cpuModel: \u001b]0;title\u0007\u001b[2J\u009b\u202e\r there';
  const text = errorText({ message: quoted, hint: quoted }, createPaint(false));
  expect(text).not.toMatch(/[^\n -~�→]/u);
  expect(text).toContain('cpuModel: ');
});
