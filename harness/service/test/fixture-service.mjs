// A service of the user's own, in all its moods: `node fixture-service.mjs <mood> [port]`.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';

const [mood = '', port = '0'] = process.argv.slice(2);
const IDLE = ['-c', 'sleep 600; true'];

function serve({ host = '127.0.0.1', at = Number(port), answer = () => 200 } = {}) {
  const server = createServer((request, response) => {
    const status = answer(request.url);
    response.writeHead(status, status === 302 ? { location: 'http://elsewhere.invalid/' } : {});
    response.end();
  });
  server.on('error', (error) => {
    console.error(String(error));
    process.exit(1);
  });
  server.listen(at, host);
  process.on('SIGTERM', () => process.exit(0));
  return server;
}

const moods = {
  serve: () => serve(),
  redirect: () => serve({ answer: () => 302 }),
  slow: () => setTimeout(serve, 400),
  warming() {
    const readyAt = Date.now() + 400;
    serve({ answer: () => (Date.now() < readyAt ? 503 : 200) });
  },
  elsewhere: () => serve({ at: 0 }),
  'other-address': () => serve({ host: '::1' }),
  failing: () => serve({ answer: () => 500 }),
  'no-root': () => serve({ answer: (path) => (path === '/health' ? 204 : 404) }),
  silent: () => createTcpServer(() => undefined).listen(Number(port), '127.0.0.1'),
  closing: () => createTcpServer((it) => it.destroy()).listen(Number(port), '127.0.0.1'),
  idle: () => setInterval(() => undefined, 1000),
  crashing() {
    console.error('Traceback (most recent call last):\n  no module named shop');
    process.exit(3);
  },
  done: () => undefined,
  dying: () => serve({ answer: (path) => (path === '/die' ? dieSoon() : 200) }),
  stubborn() {
    serve();
    process.removeAllListeners('SIGTERM');
    process.on('SIGTERM', () => console.log('not yet'));
  },
  daemon() {
    spawn(process.execPath, [process.argv[1], 'serve', port], { detached: true, stdio: 'ignore' });
    setTimeout(() => process.exit(0), 50);
  },
  leaking() {
    // In the group; in a session of its own; that with another environment; and one without a parent.
    spawn('sh', IDLE, { stdio: 'ignore' });
    spawn('sh', IDLE, { stdio: 'ignore', detached: true });
    spawn('sh', IDLE, { stdio: 'ignore', detached: true, env: { PATH: process.env.PATH } });
    spawn('sh', ['-c', 'setsid sleep 600 > /dev/null 2>&1 &'], { stdio: 'ignore', detached: true });
    serve();
  },
  telling() {
    const url = process.env.DATABASE_URL ?? '';
    const password = process.env.PLAIN ?? '';
    process.stdout.write(`connecting to ${url.slice(0, 25)}`);
    setTimeout(() => {
      process.stdout.write(`${url.slice(25)}\n`);
      console.error(JSON.stringify({ password, url }));
      console.error(`token ${process.env.API_TOKEN}`);
      serve();
    }, 100);
  },
  flooding() {
    const line = `${'x'.repeat(1000)}\n`;
    const write = (left) => {
      if (left === 0) serve();
      else process.stdout.write(line.repeat(100), () => write(left - 1));
    };
    write(100);
  },
  busy() {
    serve();
    const until = Date.now() + 200;
    while (Date.now() < until);
  },
};

function dieSoon() {
  console.error('out of luck');
  setTimeout(() => process.exit(5), 10);
  return 200;
}

(moods[mood] ?? (() => process.exit(64)))();
