/**
 * Unpacks Chromium with its libraries and fonts into the directory named as the only argument:
 * `node dashboards/web/test/run-unpack-chromium.ts DIRECTORY`. A process of its own, since the package
 * looks at the environment when it is imported, and changes it.
 */
const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('name the directory to fill');
// It unpacks to where temporary files go, and its own libraries only for a system it knows.
process.env['TMPDIR'] = directory;
process.env['AWS_LAMBDA_JS_RUNTIME'] = 'nodejs24.x';
const { default: chromium } = await import('@sparticuz/chromium');
await chromium.executablePath();
