export { a } from './cycle-a.ts'; // refused: noBarrelFile
export * from './trial.ts'; // refused: noReExportAll
