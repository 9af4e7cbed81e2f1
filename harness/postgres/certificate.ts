/**
 * The only importer of selfsigned, which is loaded when a certificate is wanted: it takes longer to load than
 * a server does to start.
 */

/** What a server is encrypted with, as PEM; the authority's key is not kept. */
export interface ServerCertificate {
  /** Of the authority that signed it: what clients check it with. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** A server that was left up for long ends before its certificate does. */
const VALID_MS = 30 * DAY_MS;
/** A clock that is set back a little must not make it one of the future. */
const CLOCK_SLACK_MS = DAY_MS;

const COMMON = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/**
 * A certificate for a server on loopback, signed by an authority that exists for it alone.
 *
 * @param options.validMs from now on @default 30 days
 */
export async function generateServerCertificate({
  nowMs = Date.now(),
  validMs = VALID_MS,
}: {
  readonly nowMs?: number;
  readonly validMs?: number;
} = {}): Promise<ServerCertificate> {
  const { generate } = await import('selfsigned');
  const validity = {
    notBeforeDate: new Date(nowMs - CLOCK_SLACK_MS),
    notAfterDate: new Date(nowMs + validMs),
  };
  const authority = await generate([{ name: 'commonName', value: 'pool-lab authority' }], {
    ...COMMON,
    ...validity,
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'pool-lab server' }], {
    ...COMMON,
    ...validity,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { authority: authority.cert, certificate: server.cert, key: server.private };
}
