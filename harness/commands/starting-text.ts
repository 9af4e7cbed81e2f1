import type { ChosenPostgres } from '../postgres/chosen-postgres.ts';

/** What begins before anything is measured: a server that runs already is not started. */
export function startingText(postgres: ChosenPostgres): string {
  switch (postgres.kind) {
    case 'embedded':
      return 'starting PostgreSQL';
    case 'docker':
      return `starting a container of ${postgres.image}`;
    case 'url': {
      const { owner, version } = postgres.database;
      return `using PostgreSQL ${version} at ${owner.host}:${owner.port}`;
    }
  }
}
