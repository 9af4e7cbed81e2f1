import type { DatabaseConfig } from '../../server/contract.ts';
import type { Redactor } from '../report/redactor.ts';

/** Words that results are made of: to hide one everywhere would leave reports that nobody can read. */
const PUBLIC_WORDS = ['postgres', 'postgresql', 'pool_lab', 'pool_lab_api', 'pool-lab', 'password'];

/**
 * From now on the password is never shown. One that is a part of what is shown on purpose, such as the
 * role's own name, is not hidden there: it is none that could be kept.
 */
export function hideDatabasePassword(address: DatabaseConfig, redactor: Redactor): void {
  const { password, user, database, host } = address;
  const shown = [user, database, host, ...PUBLIC_WORDS];
  if (shown.some((word) => word.includes(password))) return;
  redactor.register(password);
}
