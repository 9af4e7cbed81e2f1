// What the compiler would let pass, and the house does not.
import { EventEmitter } from 'events'; // refused: useNodejsImportProtocol
import { readFile, writeFile } from 'node:fs/promises'; // refused: noUnusedImports
import { PoolShape } from '../../server/contract.ts'; // refused: useImportType

export default EventEmitter; // refused: noDefaultExport

export const path = require('node:path'); // refused: noCommonJs
export const contents = readFile('x');

export function parse(text: string): any { // refused: noExplicitAny
  const unused = 1; // refused: noUnusedVariables
  text = text.trim(); // refused: noParameterAssign
  if (text === '') throw 'empty'; // refused: useThrowOnlyError
  return JSON.parse(text);
}

export const shape = parse('{}') as PoolShape; // refused: noUnsafeTypeAssertion
export const first = [1].at(0)!; // refused: noNonNullAssertion
export const literal = ['queue', 'null'] as const;

export enum Kind { // refused: noEnum
  Queue = 'queue',
}

export namespace Names { // refused: noNamespace
  export const one = 1;
}

export class Slot {
  constructor(readonly size: number) {} // refused: noParameterProperties
}

export function describe(kind: 'queue' | 'null'): string {
  switch (kind) { // refused: useExhaustiveSwitchCases
    case 'queue':
      return 'a queue';
  }
  return kind;
}

