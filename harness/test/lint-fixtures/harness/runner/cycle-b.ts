import { a } from './cycle-a.ts'; // refused: noImportCycles

export const b = (): number => a();
