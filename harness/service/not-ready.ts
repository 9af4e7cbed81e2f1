import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LabError } from '../lab-error.ts';
import { describeError, systemErrorCode } from '../system-error.ts';
import type { FilledCommand } from './filled-command.ts';
import type { Listener } from './listeners.ts';
import type { Answer } from './readiness.ts';

/** How the service's first process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Why it could not even be started. */
export function notStarted(cause: unknown, command: FilledCommand): LabError {
  const [message, hint] = startProblem(cause, command);
  return new LabError('SERVICE_NOT_READY', {
    message: `the service was not started: ${message}`,
    hint,
    cause,
  });
}

/** @param refusals of PostgreSQL, that its output tells of */
export function endedEarly(
  exit: Exit,
  {
    lines,
    refusals,
    shown,
  }: { readonly lines: readonly string[]; readonly refusals: number; readonly shown: string },
): LabError {
  const said =
    exit.code === 0
      ? 'It has to go on running as long as it serves. '
      : exit.code === 127 || exit.code === 126
        ? `That is what a shell says of a program it ${exit.code === 127 ? 'does not find' : 'may not run'}. `
        : '';
  return new LabError('SERVICE_NOT_READY', {
    message: `the service ended by itself before it was ready (${exitWords(exit)}${refusals > 0 ? ', refused a connection by PostgreSQL' : ''})`,
    hint: `${said}${lastWords(lines)}Started as: ${shown}`,
  });
}

/** Somebody answers there, and it is not the service. */
export function portTaken(port: number, lines: readonly string[], shown: string): LabError {
  return new LabError('SERVICE_NOT_READY', {
    message: `the service says that its port is taken, and somebody else answers on ${port}`,
    hint: `Run it again. ${lastWords(lines)}Started as: ${shown}`,
  });
}

export function endedInTheMiddle(exit: Exit, lines: readonly string[], shown: string): LabError {
  return new LabError('SERVICE_ENDED', {
    message: `the service ended in the middle of it (${exitWords(exit)})`,
    hint: `${exit.signal === 'SIGKILL' ? 'SIGKILL that nobody sent is what the system does when memory runs out. ' : ''}${lastWords(lines)}Started as: ${shown}`,
  });
}

/** It runs, and does not answer as it has to. */
export function notAnswering({
  answer,
  listeners,
  port,
  usesPort,
  path,
  waitedMs,
  lines,
  shown,
}: {
  readonly answer: Answer;
  /** `null`: unknown. */
  readonly listeners: readonly Listener[] | null;
  readonly port: number;
  /** The command or one of its variables has `{port}`. */
  readonly usesPort: boolean;
  readonly path: string;
  readonly waitedMs: number;
  readonly lines: readonly string[];
  readonly shown: string;
}): LabError {
  const waited = `${Math.round(waitedMs / 100) / 10} s`;
  const [problem, remedy] =
    answer.kind === 'refused'
      ? whereItListens({ listeners, port, usesPort, waited })
      : whatItAnswers({ answer, path, port, waited });
  return new LabError('SERVICE_NOT_READY', {
    message: `the service ${problem}`,
    hint: `${remedy} ${lastWords(lines)}Started as: ${shown}`,
  });
}

function whatItAnswers({
  answer,
  path,
  port,
  waited,
}: {
  readonly answer: Exclude<Answer, { kind: 'refused' }>;
  readonly path: string;
  readonly port: number;
  readonly waited: string;
}): readonly [string, string] {
  switch (answer.kind) {
    case 'status':
      return [
        `answers ${path} with status ${answer.status}, for ${waited}`,
        answer.status === 401 || answer.status === 403
          ? 'Name a path that asks for no log-in and answers below 400 when it is ready, with --ready-path.'
          : 'Name a path that answers below 400 when it is ready, with --ready-path, or give it more time with --ready-timeout.',
      ];
    case 'silent':
      return [
        `takes connections on port ${port} and does not answer ${path}, for ${waited}`,
        'Name a path that answers at once, with --ready-path, or give it more time with --ready-timeout.',
      ];
    case 'broken':
      return [
        `takes connections on port ${port} and does not answer ${path} in HTTP (${answer.code})`,
        'It has to speak HTTP there, unencrypted.',
      ];
  }
}

/** What 127.0.0.1 leads to: itself, and all addresses. */
const REACHED_BY_LOOPBACK: readonly string[] = ['127.0.0.1', '0.0.0.0', '::'];

function whereItListens({
  listeners,
  port,
  usesPort,
  waited,
}: {
  readonly listeners: readonly Listener[] | null;
  readonly port: number;
  readonly usesPort: boolean;
  readonly waited: string;
}): readonly [string, string] {
  const there = listeners?.filter((it) => it.port === port) ?? [];
  // Where it has to, and nobody had asked yet when the time was up.
  if (there.some(({ address }) => REACHED_BY_LOOPBACK.includes(address))) {
    return [
      `had only just begun to listen on ${port}, after ${waited}`,
      'Give it more time with --ready-timeout.',
    ];
  }
  if (there.length > 0) {
    return [
      `listens on ${there.map(({ address }) => placeOf(address, port)).join(' and ')}, not on 127.0.0.1`,
      'Have it listen on 127.0.0.1, or on all addresses.',
    ];
  }
  if (listeners === null || listeners.length === 0) {
    return [
      `${listeners === null ? `does not listen on port ${port}` : 'does not listen at all'}, after ${waited}`,
      usesPort
        ? 'Give it more time with --ready-timeout, if it needs that.'
        : 'Tell it where to listen: {port} in --command or --env stands for the port.',
    ];
  }
  const ports = [...new Set(listeners.map((it) => it.port))].join(' and ');
  return usesPort
    ? [
        `listens on ${ports}, not on ${port}, which {port} stands for`,
        'See whether it reads its port from there.',
      ]
    : [
        `listens on ${ports}, not on ${port}: the command does not use {port}`,
        "Tell it where to listen, e.g. 'node server.js --port {port}' or --env PORT={port}.",
      ];
}

function startProblem(cause: unknown, command: FilledCommand): readonly [string, string] {
  const { program, directory } = command;
  const code = systemErrorCode(cause);
  if (directory !== null && !isDirectory(directory)) {
    return [
      `there is no directory ${resolve(directory)}`,
      'Name another one with --service-directory.',
    ];
  }
  const isPath = program.includes('/');
  if (code === 'ENOENT') {
    if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(program)) {
      return [
        `${nameOf(program)}=… is no program but a variable`,
        `Give it with --env ${nameOf(program)}=…`,
      ];
    }
    if (isPath && existsSync(resolve(directory ?? '.', program))) {
      return [
        `the interpreter that ${program} names in its first line is not there`,
        `Name the interpreter in the command, e.g. 'python3 ${program}'.`,
      ];
    }
    return isPath
      ? [
          `there is no program ${program}${directory === null ? '' : ` in ${directory}`}`,
          'A path that does not begin with / is taken from the directory where the service is started: --service-directory.',
        ]
      : [
          `no program ${program} on the PATH`,
          `Activate the environment that it is installed in before the lab is started, or give its path, e.g. .venv/bin/${program}.`,
        ];
  }
  if (code === 'EACCES') {
    const path = isPath ? resolve(directory ?? '.', program) : program;
    if (isPath && isDirectory(path)) {
      return [`${program} is a directory`, 'Name the program in it.'];
    }
    return [
      `${program} may not be executed`,
      `Make it executable (chmod +x), or name its interpreter, e.g. 'node ${program}'.`,
    ];
  }
  if (code === 'E2BIG') {
    return ['its arguments and its environment are too long', 'Hand on less of it.'];
  }
  // Node's own sentence about a text with a NUL shows the text.
  if (code === 'ERR_INVALID_ARG_VALUE') {
    return ['a word or a variable of it has a NUL character', 'Take it out of --command or --env.'];
  }
  return [describeError(cause), 'Is the machine out of memory or process slots?'];
}

function exitWords({ code, signal }: Exit): string {
  return code === null ? `ended by ${signal}` : `exit code ${code}`;
}

function lastWords(lines: readonly string[]): string {
  return lines.length === 0 ? 'It wrote nothing.\n' : `Its last lines:\n${lines.join('\n')}\n`;
}

function placeOf(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function nameOf(assignment: string): string {
  return assignment.slice(0, assignment.indexOf('='));
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
