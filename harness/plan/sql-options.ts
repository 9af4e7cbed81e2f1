import { option } from './option.ts';
import { orNone, path, yesNo } from './value-parser.ts';

/** SQL of the user's own: what it may do, and what it finds. */
export const SQL_OPTIONS = {
  allowWrites: option('allow-writes', {
    parser: yesNo(),
    defaultValue: false,
    description: 'with --workload file.sql: scripts may write; without it they can only read',
  }),
  sqlSchema: option('sql-schema', {
    parser: orNone(path(), 'none'),
    defaultValue: null,
    description:
      "with SQL or a service of yours: file of SQL that makes your tables in the lab's database",
  }),
  sqlSeed: option('sql-seed', {
    parser: orNone(path(), 'none'),
    defaultValue: null,
    description: 'the same for your data, run after --sql-schema',
  }),
} as const;
