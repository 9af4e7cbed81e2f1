import type { Parsed, ValueParser } from './value-parser.ts';

/**
 * The values of `from..to`, one by one; `:+2` takes every second, `:x2` doubles. The end belongs to it
 * where a step meets it. Both ends are read by `item`, so that its bounds and its messages hold.
 */
export function numberRange(
  text: string,
  item: ValueParser<number>,
  countMax: number,
): Parsed<readonly number[]> {
  const [, fromText = '', toText = '', stepText] = /^(.*?)\.\.([^:]*)(?::(.*))?$/.exec(text) ?? [];
  const from = endOf(fromText.trim(), item, 'begins');
  if (!from.ok) return from;
  const to = endOf(toText.trim(), item, 'ends');
  if (!to.ok) return to;
  const step = stepOf(stepText?.trim() ?? '+1');
  if (!step.ok) return step;
  return expand({ from: from.value, to: to.value, step: step.value, countMax });
}

interface Step {
  readonly kind: 'add' | 'multiply';
  readonly by: number;
}

const refuse = (
  problem: string,
  remedy: string,
): Extract<Parsed<never>, { readonly ok: false }> => ({
  ok: false,
  problem,
  remedy,
});

/** A number in digits. A word for one means no number at all, such as `unlimited`. */
function endOf(text: string, item: ValueParser<number>, verb: 'begins' | 'ends'): Parsed<number> {
  const parsed = item.parse([text]);
  if (!parsed.ok) {
    if (text === '') return refuse(`${verb} with nothing`, 'give both ends: 1..8');
    return { ...parsed, problem: `${verb} with ${JSON.stringify(text)}, which ${parsed.problem}` };
  }
  const word = item.print(parsed.value);
  return word === String(parsed.value)
    ? parsed
    : refuse(
        `${verb} with ${text}, which means ${word}`,
        `write ${word} as a value of its own: ${word},1..8`,
      );
}

function stepOf(text: string): Parsed<Step> {
  const match = /^([+x])(\d{1,9})$/.exec(text);
  if (match === null) {
    return refuse(
      `has a step, ${JSON.stringify(text)}, that neither adds nor multiplies`,
      'give :+2 to take every second, :x2 to double',
    );
  }
  const by = Number(match[2]);
  if (match[1] === '+') {
    return by === 0
      ? refuse('has a step of 0, which leads nowhere', 'give :+1 or more')
      : { ok: true, value: { kind: 'add', by } };
  }
  return by < 2
    ? refuse(`multiplies by ${by}, which leads nowhere`, 'give :x2 or more')
    : { ok: true, value: { kind: 'multiply', by } };
}

function expand({
  from,
  to,
  step,
  countMax,
}: {
  readonly from: number;
  readonly to: number;
  readonly step: Step;
  readonly countMax: number;
}): Parsed<readonly number[]> {
  if (from > to) return refuse('goes down', `write it upwards: ${to}..${from}`);
  if (step.kind === 'multiply' && from < 1) {
    return refuse(
      `multiplies ${from}, which leads nowhere`,
      `write ${from} as a value of its own: ${from},1..${Math.max(2, to)}:x${step.by}`,
    );
  }
  const values: number[] = [];
  for (let value = from; value <= to; ) {
    values.push(value);
    if (values.length > countMax) {
      return refuse(`has more than ${countMax} values`, 'give a larger step or a shorter range');
    }
    value = step.kind === 'add' ? value + step.by : value * step.by;
  }
  if (values.length === 1 && from < to) {
    return refuse(
      'has a step that leaves it at once',
      `give a smaller step, or ${from} and ${to} alone: ${from},${to}`,
    );
  }
  return { ok: true, value: values };
}
