import type { FastifyPluginCallback } from 'fastify';
import { NOOP_PATH } from '../contract.ts';

/** Answers without the database: what HTTP and the process alone cost. */
export const noopRoute: FastifyPluginCallback = (app, _options, done) => {
  app.get(NOOP_PATH, async () => ({ ok: true }));
  done();
};
