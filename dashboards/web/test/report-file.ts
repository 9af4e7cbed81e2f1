import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Reports as files in a directory of their own, as somebody would open them. */
export interface ReportFiles {
  /** Its address, `file:///…`. */
  write(name: string, html: string): Promise<string>;
  remove(): Promise<void>;
}

export async function createReportFiles(): Promise<ReportFiles> {
  const directory = await mkdtemp(join(tmpdir(), 'pool-lab-reports-'));
  return {
    async write(name, html) {
      const path = join(directory, `${name}.html`);
      await writeFile(path, html);
      return pathToFileURL(path).href;
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
