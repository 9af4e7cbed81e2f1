import type { ForeignDatabase } from '../foreign-database.ts';

/** What a look at somebody's database finds as its superuser, where nothing is in the way. */
export const FOUND_DATABASE: ForeignDatabase = {
  owner: { host: 'db', port: 5_432, user: 'ann', password: 'secret', database: 'app' },
  apiVia: null,
  settings: {
    maxConnections: 40,
    superuserReservedConnections: 5,
    reservedConnections: 2,
    transport: 'tcp',
    extra: {},
  },
  version: '16.2',
  rights: {
    isStandby: false,
    isSuperuser: true,
    isReserved: true,
    createsRoles: true,
    createsSchemas: true,
    seesSessions: true,
    hiddenApiSessions: 0,
    hiddenSessions: 0,
    hasApiRole: false,
    hasSchema: false,
    ownsSchema: false,
    worksInSchema: false,
    apiRoleWorksInSchema: false,
    roleLimit: null,
    apiRoleLimit: null,
    databaseLimit: null,
  },
  apiRole: 'pool_lab_api',
  others: 1,
  drivesTheApi: false,
};
