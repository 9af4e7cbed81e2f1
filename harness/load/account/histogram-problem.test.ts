import { deflateSync, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';
import { histogramProblem } from './histogram-problem.ts';

function encoded(...valuesUs: readonly number[]): string {
  const histogram = new Histogram();
  for (const us of valuesUs) histogram.record(us);
  return histogram.encode();
}

/** With something else in it, packed as it should be. */
function repacked(alter: (content: Buffer) => Buffer): string {
  const bytes = Buffer.from(encoded(1_000), 'base64');
  const packed = deflateSync(alter(inflateSync(bytes.subarray(8))));
  const length = Buffer.alloc(4);
  length.writeInt32BE(packed.length);
  return Buffer.concat([bytes.subarray(0, 4), length, packed]).toString('base64');
}

test.each([
  ['no value', encoded()],
  ['one value', encoded(1)],
  ['the largest value', encoded(3_600_000_000)],
  ['many values', encoded(...Array.from({ length: 20_000 }, (_, index) => 1.001 ** index))],
  ['its content packed again', repacked((content) => content)],
])('a histogram of this version with %s has no problem', (_, text) => {
  expect(histogramProblem(text)).toBeNull();
});

test.each([
  ['nothing', '', 'cannot be unpacked'],
  ['words', 'no histogram!', 'is not base64'],
  ['base64 of something else', Buffer.from('something else').toString('base64'), 'unpacked'],
  [
    'one that is cut off',
    Buffer.from(encoded(1), 'base64').subarray(0, -1).toString('base64'),
    'unpacked',
  ],
  ['a gigabyte in a megabyte', repacked(() => Buffer.alloc(2 ** 28)), 'cannot be unpacked'],
  ['an empty content', repacked(() => Buffer.alloc(0)), 'has another layout'],
  ['a larger range', repacked((content) => altered(content, 24)), 'has another layout'],
  ['more digits', repacked((content) => altered(content, 15)), 'has another layout'],
  ['another kind of content', repacked((content) => altered(content, 3)), 'has another layout'],
])('%s is refused', (_, text, problem) => {
  expect(histogramProblem(text)).toContain(problem);
});

function altered(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content);
  copy.writeUInt8((copy.readUInt8(at) + 1) % 256, at);
  return copy;
}
