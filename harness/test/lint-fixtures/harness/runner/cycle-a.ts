import { b } from './cycle-b.ts'; // refused: noImportCycles

export const a = (): number => b();
