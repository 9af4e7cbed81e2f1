import { defineConfig } from 'vitest/config';
import project from '../../../vitest.config.ts';

/** The project's own settings, pointed at the fixtures: without its guard, nothing fails here. */
export default defineConfig({
  test: {
    ...project.test,
    root: import.meta.dirname,
    setupFiles: [project.test?.setupFiles ?? []].flat().map((file) => `../../../${file}`),
    projects: undefined,
    include: ['*.leak.ts'],
    exclude: [],
    reporters: ['json'],
    maxWorkers: 4,
  },
});
