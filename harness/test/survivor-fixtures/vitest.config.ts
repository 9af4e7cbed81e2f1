import { defineConfig } from 'vitest/config';
import project from '../../../vitest.config.ts';

const { projects: _projects, setupFiles = [], ...shared } = project.test ?? {};

/** The project's own settings, pointed at the fixtures: without its guard, nothing fails here. */
export default defineConfig({
  test: {
    ...shared,
    root: import.meta.dirname,
    setupFiles: [setupFiles].flat().map((file) => `../../../${file}`),
    include: ['*.leak.ts'],
    exclude: [],
    reporters: ['json'],
    maxWorkers: 4,
  },
});
