// What the compiler would let pass.
import { EventEmitter } from 'events'; // refused: useNodejsImportProtocol
import { PoolShape } from '../../server/contract.ts'; // refused: useImportType

export default EventEmitter; // refused: noDefaultExport

export function parse(text: string): any { // refused: noExplicitAny
  return JSON.parse(text);
}

export const shape = parse('{}') as PoolShape; // refused: noUnsafeTypeAssertion
export const first = [1].at(0)!; // refused: noNonNullAssertion

export enum Kind { // refused: noEnum
  Queue = 'queue',
}

export const literal = ['queue', 'null'] as const;
