import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Detection } from './optional-part.ts';

const run = promisify(execFile);

/** A Python that can run the FastAPI example. */
export interface FastapiPython {
  /** Program; `-m uvicorn` of it is the server. */
  readonly python: string;
  /** Of SQLAlchemy, e.g. `1.4.46`. */
  readonly sqlalchemyVersion: string;
}

/** The system's own first: a distribution's packages are its, whatever else is called `python3` on PATH. */
const CANDIDATES = ['/usr/bin/python3', 'python3'] as const;
const LOOK =
  'import fastapi, asyncpg, uvicorn, sqlalchemy.ext.asyncio; print(sqlalchemy.__version__)';

/** For `optional('fastapi', detectFastapi)`. */
export async function detectFastapi(): Promise<Detection<FastapiPython>> {
  const reasons: string[] = [];
  for (const python of CANDIDATES) {
    try {
      const { stdout } = await run(python, ['-c', LOOK]);
      return { state: 'present', thing: { python, sqlalchemyVersion: stdout.trim() } };
    } catch (error) {
      const said = error instanceof Error ? error.message.trim().split('\n').at(-1) : error;
      reasons.push(`${python}: ${said}`);
    }
  }
  return {
    state: 'absent',
    reason: `no Python has FastAPI, SQLAlchemy, asyncpg and uvicorn (${reasons.join('; ')})`,
    remedy:
      'install them, e.g. apt-get install python3-fastapi python3-sqlalchemy python3-asyncpg uvicorn',
  };
}
