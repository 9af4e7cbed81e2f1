import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listOf, wholeNumbersOf } from './value-list.ts';
import { choice, wholeNumber } from './value-parser.ts';

const sizes = wholeNumbersOf(
  wholeNumber({ min: 0, max: 1_000, word: { text: 'unlimited', value: 0 } }),
  { countMax: 100 },
);
const overflows = wholeNumbersOf(
  wholeNumber({ min: -1, max: 1_000, word: { text: 'unlimited', value: -1 } }),
  { countMax: 100 },
);
const words = listOf(choice(['queue', 'null', 'plain'], 'kind'), { countMax: 100 });

test.each([
  ['4', [4]],
  ['1,2,4', [1, 2, 4]],
  [' 4 , 1 ', [1, 4]],
  ['1..4', [1, 2, 3, 4]],
  ['1..8:+2', [1, 3, 5, 7]],
  ['1..9:+2', [1, 3, 5, 7, 9]],
  ['1..32:x2', [1, 2, 4, 8, 16, 32]],
  ['1..30:x2', [1, 2, 4, 8, 16]],
  ['3..30:x3', [3, 9, 27]],
  ['5..5', [5]],
  ['1,2,8..32:x2', [1, 2, 8, 16, 32]],
  ['8,1..8,8', [1, 2, 3, 4, 5, 6, 7, 8]],
  [' 1 .. 4 : +3 ', [1, 4]],
  ['unlimited,4,1', [1, 4, 0]],
])('%s stands for %j, in ascending order, each once, unlimited last', (text, value) => {
  expect(sizes.parse([text])).toEqual({ ok: true, value });
});

test('an overflow of 0 is a number like others, and unlimited is the most', () => {
  expect(overflows.parse(['unlimited,0..10:+5'])).toEqual({ ok: true, value: [0, 5, 10, -1] });
  expect(overflows.parse(['-1,0'])).toEqual({ ok: true, value: [0, -1] });
});

test.each([
  ['', 'is empty', undefined],
  ['1,,2', 'cannot be read at value 2: "" is empty', undefined],
  ['1,2,', 'cannot be read at value 3: "" is empty', undefined],
  ['x', 'is not a whole number in digits', undefined],
  ['4,1001', 'cannot be read at value 2: "1001" is above 1000', undefined],
  ['8..1', 'goes down', 'write it upwards: 1..8'],
  ['1..8:+0', 'has a step of 0, which leads nowhere', 'give :+1 or more'],
  ['1..8:x0', 'multiplies by 0, which leads nowhere', 'give :x2 or more'],
  ['1..8:x1', 'multiplies by 1, which leads nowhere', 'give :x2 or more'],
  [
    '1..8:2',
    'has a step, "2", that neither adds nor multiplies',
    'give :+2 to take every second, :x2 to double',
  ],
  [
    '1..8:',
    'has a step, "", that neither adds nor multiplies',
    'give :+2 to take every second, :x2 to double',
  ],
  [
    '1..8:-1',
    'has a step, "-1", that neither adds nor multiplies',
    'give :+2 to take every second, :x2 to double',
  ],
  ['..8', 'begins with nothing', 'give both ends: 1..8'],
  ['1..', 'ends with nothing', 'give both ends: 1..8'],
  ['1..2..3', 'ends with "2..3", which is not a whole number in digits', undefined],
  ['1..9999', 'ends with "9999", which is above 1000', undefined],
  ['1..200', 'has more than 100 values', 'give a larger step or a shorter range'],
  ['1..90,100..190', 'has more than 100 values', 'give 100 values or fewer'],
  [
    '0..8',
    'begins with 0, which means unlimited',
    'write unlimited as a value of its own: unlimited,1..8',
  ],
  ['1..8:+50', 'has a step that leaves it at once', 'give a smaller step, or 1 and 8 alone: 1,8'],
])('%j is refused: %s', (text, problem, remedy) => {
  expect(sizes.parse([text])).toEqual({
    ok: false,
    problem,
    ...(remedy === undefined ? {} : { remedy }),
  });
});

test('doubling from 0 is refused with what was probably meant', () => {
  expect(overflows.parse(['0..8:x2'])).toEqual({
    ok: false,
    problem: 'multiplies 0, which leads nowhere',
    remedy: 'write 0 as a value of its own: 0,1..8:x2',
  });
});

test('words stay in the order given, each once, with a suggestion for a misspelt one', () => {
  expect(words.parse(['plain,queue,plain'])).toEqual({ ok: true, value: ['plain', 'queue'] });
  expect(words.parse(['queue,nul'])).toEqual({
    ok: false,
    problem: 'cannot be read at value 2: "nul" is not known (did you mean null?)',
  });
});

test('whatever is printed is read back as the same list', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 1 }), (values) => {
      const parsed = sizes.parse([sizes.print(values)]);
      expect(parsed).toMatchObject({ ok: true });
      if (parsed.ok) expect(new Set(parsed.value)).toEqual(new Set(values));
    }),
  );
});

test('no text whatever makes the parser throw or run on', () => {
  const piece = fc.constantFrom('1', '0', '9'.repeat(400), '..', ':', 'x', '+', '-', ',', ' ', 'u');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const parsed = sizes.parse([pieces.join('')]);
      if (parsed.ok) expect(parsed.value.length).toBeLessThanOrEqual(100);
    }),
  );
});
