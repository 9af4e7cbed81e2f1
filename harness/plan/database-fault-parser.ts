import {
  DATABASE_FAULT_KINDS,
  DATABASE_FAULT_LIMITS,
  type DatabaseFault,
  type DatabaseFaultKind,
} from './database-fault.ts';
import { duration, type Parsed, printDuration, type ValueParser } from './value-parser.ts';

const NONE = 'none';
const { timeMsMax, faultsMax } = DATABASE_FAULT_LIMITS;
const at = duration({ minMs: 0, maxMs: timeMsMax });
const lasting = duration({ minMs: 1, maxMs: timeMsMax });

/** `reset@5s`, `stall@5s:2s`: what, when, and for how long. */
export function databaseFaults(): ValueParser<readonly DatabaseFault[]> {
  return {
    placeholder: 'what@when[:time]',
    expected: `${DATABASE_FAULT_KINDS.join(', ')} with its times, e.g. reset@5s or stall@5s:2s`,
    schema: {
      anyOf: [
        { type: 'string' },
        { type: 'array', items: { type: 'string' }, maxItems: faultsMax },
      ],
    },
    parse(texts) {
      const faults: DatabaseFault[] = [];
      if (texts.join(' ').trim() === NONE) return { ok: true, value: faults };
      for (const text of texts) {
        const fault = parseFault(text.trim());
        if (!fault.ok) return fault;
        faults.push(fault.value);
      }
      if (faults.length > faultsMax) return { ok: false, problem: `are more than ${faultsMax}` };
      return { ok: true, value: faults.sort((one, other) => one.atMs - other.atMs) };
    },
    print: (faults) => (faults.length === 0 ? NONE : faults.map(printDatabaseFault).join(' ')),
  };
}

export function printDatabaseFault({ kind, atMs, durationMs }: DatabaseFault): string {
  const when = `${kind}@${printDuration(atMs)}`;
  return durationMs === 0 ? when : `${when}:${printDuration(durationMs)}`;
}

function parseFault(text: string): Parsed<DatabaseFault> {
  const { name, when, time } =
    /^(?<name>[^@]*)@(?<when>[^:]*)(?::(?<time>.*))?$/u.exec(text)?.groups ?? {};
  const kind = DATABASE_FAULT_KINDS.find((known) => known === name);
  if (kind === undefined || when === undefined) return { ok: false, problem: 'is no fault' };
  const atMs = at.parse([when]);
  if (!atMs.ok) return { ok: false, problem: `has a time ("${when}") that ${atMs.problem}` };
  const durationMs = parseLasting(kind, time);
  if (!durationMs.ok) return durationMs;
  return { ok: true, value: { kind, atMs: atMs.value, durationMs: durationMs.value } };
}

function parseLasting(kind: DatabaseFaultKind, text: string | undefined): Parsed<number> {
  if (kind === 'reset') {
    return text === undefined
      ? { ok: true, value: 0 }
      : { ok: false, problem: 'is over at once and lasts for no time', remedy: 'give reset@5s' };
  }
  if (text === undefined) {
    return { ok: false, problem: 'does not say for how long', remedy: `give ${kind}@5s:2s` };
  }
  const parsed = lasting.parse([text]);
  return parsed.ok
    ? parsed
    : { ok: false, problem: `has a time ("${text}") that ${parsed.problem}` };
}
