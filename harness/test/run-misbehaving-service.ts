/**
 * A service that misbehaves in the way that its first argument names, on the port of its second. What it leaves
 * behind can be told by its third, a number of seconds that nothing else on the machine sleeps. Into the file of
 * its fourth goes what a test has to know to find it where it must not be.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';

const [misbehaviour = '', portText = '', mark = '', evidencePath = ''] = process.argv.slice(2);
const port = Number(portText);
const databaseUrl = process.env['DATABASE_URL'] ?? '';
const password = decodeURIComponent(new URL(databaseUrl).password);

/** In all the forms in which a careless service would tell it. */
const told = `${databaseUrl} ${password} ${JSON.stringify({ password })} ${encodeURIComponent(password)}`;

const REQUESTS_BEFORE_DEATH = 20;
/** Until it is ready, and once more before any load. */
const REQUESTS_BEFORE_SILENCE = 2;
const FLOOD_LINES = 2_000;
const FLOOD_LINES_PER_REQUEST = 100;
const SLOW_START_MS = 700;

const MISBEHAVIOURS: Readonly<Record<string, () => void>> = {
  traceback() {
    throw new Error(`cannot connect with ${told}`);
  },
  'dies under load'() {
    let requests = 0;
    listen((request, response) => {
      requests += 1;
      if (requests > REQUESTS_BEFORE_DEATH) process.exit(7);
      fine(request, response);
    });
  },
  'another port'() {
    createServer(fine).listen(0, '127.0.0.1');
  },
  '500 to everything'() {
    listen((_request, response) => {
      response.writeHead(500, 'Internal Server Error').end(`no database at ${told}`);
    });
  },
  '500 to all but health'() {
    listen((request, response) => {
      if (request.url === '/healthz') fine(request, response);
      else response.writeHead(500).end(`no database at ${told}`);
    });
  },
  'works all the same'() {
    process.on('SIGTERM', () => undefined);
    leakChildren();
    tellPassword();
    flood(FLOOD_LINES);
    let requests = 0;
    setTimeout(() => {
      listen((_request, response) => {
        requests += 1;
        flood(FLOOD_LINES_PER_REQUEST);
        process.stderr.write(`request ${requests} over ${told}\n`);
        response.setHeader('x-database', databaseUrl);
        response.writeHead(requests % 2 === 0 ? 503 : 200).end(`asked ${told}`);
      });
    }, SLOW_START_MS);
  },
  'stops answering'() {
    let requests = 0;
    listen((request, response) => {
      requests += request.url === '/' ? 1 : 0;
      if (requests <= REQUESTS_BEFORE_SILENCE) fine(request, response);
    });
  },
};

const fine: RequestListener = (_request, response) => {
  response.end('{}');
};

function listen(listener: RequestListener): void {
  createServer(listener).listen(port, '127.0.0.1');
}

/** In sessions of their own, without a parent, and with nothing in their environment. */
function leakChildren(): void {
  leak('sh', ['-c', `trap '' TERM; sleep ${mark} & wait; sleep ${mark}`]);
  // The second fork outlives the first, and belongs to nobody then.
  leak('sh', ['-c', `(sleep ${mark} &)`]);
  leak('env', ['-i', 'PATH=/usr/bin:/bin', 'sh', '-c', `sleep ${mark} & wait`]);
}

function leak(program: string, args: readonly string[]): void {
  spawn(program, args, { detached: true, stdio: 'ignore' }).unref();
}

/** More than a pipe holds. */
function flood(lines: number): void {
  for (let sent = 0; sent < lines; sent += 1) process.stderr.write(`${'x'.repeat(2_000)}\n`);
}

function tellPassword(): void {
  process.stdout.write(`connecting to ${told}\n`);
  process.stderr.write(`connected to ${told}\n`);
  // In two pieces, so that no chunk has all of it.
  const half = Math.floor(databaseUrl.length / 2);
  process.stdout.write(databaseUrl.slice(0, half), () => {
    setTimeout(() => process.stdout.write(`${databaseUrl.slice(half)}\n`), 50);
  });
}

/** Whose arguments have it, as everybody on the machine may read them. */
function programsWith(secret: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(secret);
      } catch {
        // It ended meanwhile.
        return false;
      }
    });
}

writeFileSync(evidencePath, JSON.stringify({ password, inArguments: programsWith(password) }));
const misbehave = MISBEHAVIOURS[misbehaviour];
if (misbehave === undefined) throw new Error(`no misbehaviour "${misbehaviour}"`);
misbehave();
