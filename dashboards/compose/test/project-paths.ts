import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
export const COMPOSE_FILE = fileURLToPath(new URL('../../../docker-compose.yml', import.meta.url));
