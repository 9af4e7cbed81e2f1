// The adapter of autocannon: exempt from that ban, and from no other.
import autocannon from 'autocannon';
import PgPool from 'pg-pool'; // refused: noRestrictedImports
import client from 'prom-client'; // refused: noRestrictedImports
import { panel } from '../../dashboards/web/panel.ts'; // refused: noRestrictedImports
import { buildApp } from '../../server/app.ts'; // refused: noRestrictedImports
import { env } from 'node:process'; // refused: noRestrictedImports

export const everything = [autocannon, PgPool, client, panel, buildApp, env];
