import { expect, test } from 'vitest';
import { createPaint } from '../paint.ts';
import { createLiveBlock } from './live-block.ts';
import { FakeTerminal } from './test/fake-terminal.ts';

const asItIs = (text: string): string => text;
const linesOf = (...texts: readonly string[]) => texts.map((text) => ({ text, paint: asItIs }));

test('a block is drawn in its place, longer or shorter, and is gone at the end', () => {
  const terminal = new FakeTerminal(20);
  terminal.write('$ pool-lab sweep\n');
  const block = createLiveBlock(terminal);
  block.draw(linesOf('one', 'two', 'three'));
  block.draw(linesOf('1', '2'));
  expect(terminal.rows()).toEqual(['$ pool-lab sweep', '1', '2']);
  block.draw(linesOf('one', 'two', 'three', 'four'));
  expect(terminal.rows()).toEqual(['$ pool-lab sweep', 'one', 'two', 'three', 'four']);
  block.end();
  expect(terminal.rows()).toEqual(['$ pool-lab sweep', '']);
});

test('a line that stays is above the block', () => {
  const terminal = new FakeTerminal(30);
  const block = createLiveBlock(terminal);
  block.print('before');
  block.draw(linesOf('one', 'two'));
  block.print('the watchdog ended');
  block.draw(linesOf('1', '2'));
  expect(terminal.rows()).toEqual(['before', 'the watchdog ended', '1', '2']);
});

test.each([2, 4, 5, 11, 40])(
  'on %i columns nothing wraps, so nothing is left behind',
  (columns) => {
    const terminal = new FakeTerminal(columns);
    const block = createLiveBlock(terminal);
    for (let drawn = 0; drawn < 5; drawn += 1) block.draw(linesOf('a'.repeat(30), 'b'.repeat(7)));
    expect(terminal.rows()).toHaveLength(2);
    block.end();
    expect(terminal.rows()).toEqual(['']);
  },
);

test.each([
  [80, 30],
  [80, 79],
  [30, 80],
  [60, 7],
])(
  'a terminal resized from %i to %i columns keeps what is above, and nothing of the block',
  (before, after) => {
    const terminal = new FakeTerminal(before);
    terminal.write('above\n');
    const block = createLiveBlock(terminal);
    block.draw(linesOf('a'.repeat(100), 'b'.repeat(50), 'c'));
    terminal.columns = after;
    block.draw(linesOf('d', 'e', 'f'));
    expect(terminal.rows()).toEqual(['above', 'd', 'e', 'f']);
  },
);

test('what is there already is not written again, until the terminal changes', () => {
  let written = 0;
  const output = {
    columns: 80,
    write: () => {
      written += 1;
    },
  };
  const block = createLiveBlock(output);
  for (let drawn = 0; drawn < 3; drawn += 1) block.draw(linesOf('the same'));
  expect(written).toBe(1);
  output.columns = 40;
  block.draw(linesOf('the same'));
  expect(written).toBe(2);
});

test('a colour is closed however short the line is cut', () => {
  let written = '';
  const block = createLiveBlock({ columns: 8, write: (text) => (written += text) });
  block.draw([{ text: 'a long line', paint: createPaint(true).red }]);
  expect(written).toBe('\u001b[31ma lon\u001b[39m');
});
