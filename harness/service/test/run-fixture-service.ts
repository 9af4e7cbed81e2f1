import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';

/* Process entry: somebody's service in a mood, `<mood> [port]`. */
const [, , mood = '', port = '0'] = process.argv;
/** By what it asks for the sleepers of one service are told from all others. */
const SLEEP = `sleep 600.${port}`;
const SLEEPER = ['-c', `${SLEEP}; true`];
const LATER_MS = 400;
const BURNT_US = 250_000;

interface Served {
  readonly host?: string;
  readonly port?: number;
  readonly answer?: (path: string) => number;
}

function serve({ host = '127.0.0.1', port: own, answer = () => 200 }: Served = {}): void {
  const server = createServer((request, response) => {
    const status = answer(request.url ?? '');
    response.writeHead(status, status === 302 ? { location: 'http://elsewhere.invalid/' } : {});
    response.end();
  });
  server.on('error', (error) => {
    console.error(String(error));
    process.exit(1);
  });
  server.listen(own ?? Number(port), host);
  process.on('SIGTERM', () => process.exit(0));
}

const MOODS: Readonly<Record<string, () => void>> = {
  serving: () => serve(),
  redirecting: () => serve({ answer: () => 302 }),
  slow: () => {
    setTimeout(serve, LATER_MS);
  },
  warming: () => {
    const readyAtMs = performance.now() + LATER_MS;
    serve({ answer: () => (performance.now() < readyAtMs ? 503 : 200) });
  },
  elsewhere: () => serve({ port: 0 }),
  'another-address': () => serve({ host: '::1' }),
  failing: () => serve({ answer: () => 500 }),
  rootless: () => serve({ answer: (path) => (path === '/health' ? 204 : 404) }),
  silent: () => {
    createTcpServer().listen(Number(port), '127.0.0.1');
  },
  idle: () => {
    setInterval(() => undefined, LATER_MS);
  },
  crashing: () => {
    console.error('Traceback (most recent call last):\n  no module named shop');
    process.exit(3);
  },
  done: () => undefined,
  dying: () => serve({ answer: (path) => (path === '/die' ? dieSoon() : 200) }),
  /** And somebody in a session of its own, whom no signal to the group reaches. */
  stubborn: () => {
    const deaf = spawn('sh', ['-c', `trap '' TERM; echo; exec ${SLEEP}`], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    deaf.stdout.once('data', () => {
      serve();
      process.removeAllListeners('SIGTERM').on('SIGTERM', () => console.log('not yet'));
    });
  },
  daemon: () => {
    const [, entry = ''] = process.argv;
    spawn(process.execPath, [entry, 'dying', port], { detached: true, stdio: 'ignore' });
    setTimeout(() => process.exit(0), LATER_MS / 4);
  },
  leaking: () => {
    const desert = leak();
    serve({
      answer: (path) => {
        if (path === '/desert') desert();
        return 200;
      },
    });
  },
  telling: () => {
    const url = process.env['DATABASE_URL'] ?? '';
    const at = url.indexOf('@') - 5;
    process.stdout.write(`connecting to ${url.slice(0, at)}`);
    setTimeout(() => {
      process.stdout.write(`${url.slice(at)}\n`);
      console.error(JSON.stringify({ password: process.env['PLAIN'], url }));
      console.error(`token ${process.env['API_TOKEN']}, region ${process.env['REGION']}`);
      serve();
    }, LATER_MS / 4);
  },
  flooding: () => {
    const lines = `${'x'.repeat(999)}\n`.repeat(100);
    const write = (left: number): void => {
      if (left === 0) serve();
      else process.stdout.write(lines, () => write(left - 1));
    };
    write(100);
  },
  busy: () => {
    spawn('sh', ['-c', 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'], { stdio: 'ignore' });
    serve();
    while (process.cpuUsage().user < BURNT_US);
  },
  /** Always somebody else's port. */
  late: () => {
    console.error('Error: listen EADDRINUSE: address already in use');
    process.exit(1);
  },
};

/**
 * In the group; in a session of its own; that with another environment; one that has lost its parent; one that lost
 * parent, session and environment before anybody looked; and one with neither group nor environment, which loses its
 * parent on demand.
 */
function leak(): () => void {
  const env = { PATH: process.env['PATH'] };
  spawn('sh', SLEEPER, { stdio: 'ignore' });
  spawn('sh', SLEEPER, { stdio: 'ignore', detached: true });
  spawn('sh', SLEEPER, { stdio: 'ignore', detached: true, env });
  spawn('sh', ['-c', `setsid ${SLEEP} > /dev/null 2>&1 &`], { stdio: 'ignore', detached: true });
  const lost = ['setsid', '-f', 'sh', '-c', `(${SLEEP} > /dev/null 2>&1 &)`];
  spawn('env', ['-i', `PATH=${process.env['PATH']}`, ...lost], { stdio: 'ignore', detached: true });
  const parent = spawn('sh', ['-c', `env -i ${SLEEP} > /dev/null 2>&1 & read line`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  return () => parent.stdin.end();
}

function dieSoon(): number {
  console.error('out of luck');
  setTimeout(() => process.exit(5), LATER_MS / 40);
  return 200;
}

(MOODS[mood] ?? (() => process.exit(64)))();
