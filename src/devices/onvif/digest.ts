import { createHash } from 'node:crypto';

/** HTTP Digest access authentication (RFC 7616), both halves. Basic is never spoken: it gives the password away. */

const ALGORITHMS = { 'SHA-256': 'sha256', MD5: 'md5' } as const;
type Algorithm = keyof typeof ALGORITHMS;

export type Challenge = {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  readonly algorithm: Algorithm;
  /** `-sess`: the key depends on the nonces. */
  readonly isSession: boolean;
  /** False for servers of RFC 2069, which know no counter. */
  readonly hasQop: boolean;
  /** The nonce answered was good once; with the new one the same login is. */
  readonly isStale: boolean;
};

export type Login = { readonly user: string; readonly password: string };

type Scheme = { readonly name: string; readonly parameters: Map<string, string> };

const MAX_HEADER = 4096;

/** The strongest challenge of a `WWW-Authenticate` header that can be answered; null for none. */
export function parseChallenge(header: string): Challenge | null {
  const challenges = schemesOf(header).flatMap(({ name, parameters: p }): Challenge[] => {
    const [realm, nonce] = [p.get('realm'), p.get('nonce')];
    const named = (p.get('algorithm') ?? 'MD5').toUpperCase();
    const isSession = named.endsWith('-SESS');
    const algorithm = algorithmOf(isSession ? named.slice(0, -5) : named);
    const qops = p
      .get('qop')
      ?.split(',')
      .map((q) => q.trim().toLowerCase());
    if (name !== 'digest' || realm === undefined || nonce === undefined || algorithm === null) return [];
    if (qops !== undefined && !qops.includes('auth')) return [];
    const opaque = p.get('opaque') ?? null;
    const isStale = p.get('stale')?.toLowerCase() === 'true';
    return [{ realm, nonce, opaque, algorithm, isSession, hasQop: qops !== undefined, isStale }];
  });
  return challenges.find((c) => c.algorithm === 'SHA-256') ?? challenges[0] ?? null;
}

function algorithmOf(name: string): Algorithm | null {
  return name === 'MD5' || name === 'SHA-256' ? name : null;
}

export function writeChallenge(c: Challenge): string {
  const parts = [
    `realm=${quoted(c.realm)}`,
    ...(c.hasQop ? ['qop="auth"'] : []),
    `algorithm=${c.algorithm}${c.isSession ? '-sess' : ''}`,
    `nonce=${quoted(c.nonce)}`,
    ...(c.opaque === null ? [] : [`opaque=${quoted(c.opaque)}`]),
    ...(c.isStale ? ['stale=true'] : []),
  ];
  return `Digest ${parts.join(', ')}`;
}

/** One request to be authorised: its method, its path with query, how often the nonce was used, our own nonce. */
export type Use = {
  readonly method: string;
  readonly uri: string;
  readonly count: number;
  readonly cnonce: string;
};

/** The `Authorization` header that answers a challenge. */
export function authorize(c: Challenge, login: Login, use: Use): string {
  const nc = use.count.toString(16).padStart(8, '0');
  const response = responseOf(c, login, { ...use, nc });
  const needsClientNonce = c.hasQop || c.isSession;
  const parts = [
    `username=${quoted(login.user)}`,
    `realm=${quoted(c.realm)}`,
    `nonce=${quoted(c.nonce)}`,
    `uri=${quoted(use.uri)}`,
    `algorithm=${c.algorithm}${c.isSession ? '-sess' : ''}`,
    `response="${response}"`,
    ...(c.hasQop ? ['qop=auth', `nc=${nc}`] : []),
    ...(needsClientNonce ? [`cnonce=${quoted(use.cnonce)}`] : []),
    ...(c.opaque === null ? [] : [`opaque=${quoted(c.opaque)}`]),
  ];
  return `Digest ${parts.join(', ')}`;
}

/** Whether an `Authorization` header answers this challenge of ours for the request that it came with. */
export function isAuthorized(
  header: string,
  c: Challenge,
  login: Login,
  request: Pick<Use, 'method' | 'uri'>,
): boolean {
  return schemesOf(header).some(({ name, parameters: p }) => {
    if (name !== 'digest' || p.get('username') !== login.user || p.get('nonce') !== c.nonce) return false;
    if (p.get('uri') !== request.uri) return false;
    const use = { ...request, nc: p.get('nc') ?? '', cnonce: p.get('cnonce') ?? '' };
    return p.get('response') === responseOf(c, login, use);
  });
}

function responseOf(
  c: Challenge,
  { user, password }: Login,
  use: { readonly method: string; readonly uri: string; readonly nc: string; readonly cnonce: string },
): string {
  const hash = (text: string): string => createHash(ALGORITHMS[c.algorithm]).update(text).digest('hex');
  const secret = hash(`${user}:${c.realm}:${password}`);
  const key = c.isSession ? hash(`${secret}:${c.nonce}:${use.cnonce}`) : secret;
  const what = hash(`${use.method}:${use.uri}`);
  return c.hasQop
    ? hash(`${key}:${c.nonce}:${use.nc}:${use.cnonce}:auth:${what}`)
    : hash(`${key}:${c.nonce}:${what}`);
}

const PART = /([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+)))?/g;

/** A word without a value begins the next scheme. */
function schemesOf(header: string): Scheme[] {
  const schemes: Scheme[] = [];
  for (const [, name = '', inQuotes, bare] of header.slice(0, MAX_HEADER).matchAll(PART)) {
    const value = inQuotes?.replaceAll(/\\(.)/g, '$1') ?? bare;
    if (value === undefined) schemes.push({ name: name.toLowerCase(), parameters: new Map() });
    else schemes.at(-1)?.parameters.set(name.toLowerCase(), value);
  }
  return schemes;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, (sign) => `\\${sign}`)}"`;
}
