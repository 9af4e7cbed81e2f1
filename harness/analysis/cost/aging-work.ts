/** What a session does before its memory is read as that of an aged one. */
export const AGING = {
  /** Each with a primary key and an index: an application of ordinary size. */
  tables: 200,
  preparedStatements: 100,
  /** Of 32 characters and more each: within work_mem's default of 4 MB. */
  sortedRows: 40_000,
} as const;

/** Of the lab's own server; made for this and dropped after it. */
export const AGING_SCHEMA = 'pool_lab_cost';

export const AGED_BY = `${AGING.tables} tables joined, ${AGING.preparedStatements} prepared statements run until their plans are kept, a sort and a hash of ${AGING.sortedRows} rows`;
