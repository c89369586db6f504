import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** False where the openssl command is not installed. */
export const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;

export type Certificate = { readonly cert: string; readonly key: string };

/** A certificate authority with one certificate per name, made now by the openssl command. */
export function certificates<N extends string>(...names: readonly N[]) {
  const folder = mkdtempSync(join(tmpdir(), 'bailee-certificates-'));
  const openssl = (...args: string[]): unknown =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  try {
    openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test authority');
    writeFileSync(join(folder, 'san.cnf'), 'subjectAltName=IP:127.0.0.1');
    const made = names.map((name): [N, Certificate] => {
      openssl('req', ...key, '-keyout', 'x.key', '-out', 'x.csr', '-subj', `/CN=${name}`);
      openssl(
        'x509',
        '-req',
        '-in',
        'x.csr',
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-out',
        'x.pem',
        '-extfile',
        'san.cnf',
      );
      return [name, { cert: read(folder, 'x.pem'), key: read(folder, 'x.key') }];
    });
    return { ca: read(folder, 'ca.pem'), of: new Map<N, Certificate>(made) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}
