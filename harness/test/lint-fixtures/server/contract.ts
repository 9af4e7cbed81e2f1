// The seam: what both sides import must drag nothing of either along.
import PgPool from 'pg-pool'; // refused: noRestrictedImports
import client from 'prom-client'; // refused: noRestrictedImports
import { z } from 'zod';
import type { Cell } from '../harness/plan/cell.ts'; // refused: noRestrictedImports
import type { Pool } from './pool/pool.ts'; // refused: noRestrictedImports
import { env } from 'node:process'; // refused: noRestrictedImports

export type Everything = [Cell, Pool];
export const everything = [PgPool, client, z, env];
