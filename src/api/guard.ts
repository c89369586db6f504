import type { FastifyReply, FastifyRequest } from 'fastify';
import { isIP, BlockList } from 'node:net';
import { isTls, sessionIdOf } from './cookie.ts';
import { pathOf } from './parameters.ts';
import type { Credential, Granting } from './port.ts';
import { HttpProblem } from './problem.ts';
import type { RateLimit } from './rate.ts';
import { admits } from './roles.ts';
import type { Access, Route } from './route.ts';
import { nothingHere } from './scope.ts';
import { credentialOf, isSameText, type Sessions } from './sessions.ts';

/** Who asks: by a token, or by the session that a token opened. */
export type Principal = { readonly credential: Credential; readonly session: SessionPart | null };
type SessionPart = { readonly key: string; readonly csrf: string; readonly isFresh: boolean };

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    route?: Route;
  }
}

export type GuardParts = {
  readonly hosts: readonly string[];
  readonly credentials: readonly Credential[];
  readonly granting: Pick<Granting, 'credentialOf' | 'isInForce'>;
  readonly sessions: Sessions;
  readonly rate: RateLimit;
  readonly publicTlog: boolean;
};

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
    "require-trusted-types-for 'script'; trusted-types push-worker",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Before a body is read: right host, who asks, how often, from which page, and whether they may. */
export function guard(parts: GuardParts): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    void reply.headers(SECURITY_HEADERS);
    requireHost(request, parts.hosts);
    const token = bearerOf(request);
    request.principal = token === null ? bySession(request, parts) : byToken(token, parts);
    takeTurn(request, parts.rate);
    const route = request.routeOptions.config.route;
    if (isUnsafe(request.method)) requireOwnPage(request);
    if (route === undefined) return;
    const isForAll = parts.publicTlog && !route.access.open && route.access.tlog === true;
    if (!isForAll) requireAccess(request, route.access, token !== null);
    if (isUnsafe(request.method) && !route.access.open) requireCsrfToken(request);
  };
}

export function isUnsafe(method: string): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(method);
}

/** Against DNS rebinding: a foreign name that leads here is not served. */
function requireHost(request: FastifyRequest, hosts: readonly string[]): void {
  const asked = request.headers.host ?? '';
  if (!hosts.includes(asked.replace(/:\d+$/, '').toLowerCase())) {
    throw new HttpProblem(421, 'WRONG_HOST', `this gateway is not "${asked.slice(0, 100)}"`);
  }
}

function bearerOf(request: FastifyRequest): string | null {
  const header = request.headers.authorization;
  if (header === undefined) return null;
  return /^Bearer +([!-~]{1,512})$/i.exec(header)?.[1] ?? '';
}

function byToken(token: string, parts: GuardParts): Principal | null {
  const credential = credentialOf(token, parts.credentials) ?? parts.granting.credentialOf(token);
  return credential === null ? null : { credential, session: null };
}

function bySession(request: FastifyRequest, { sessions, granting }: GuardParts): Principal | null {
  const id = sessionIdOf(request);
  const session = id === null ? null : sessions.find(id);
  if (session === null) return null;
  const { credential, key, csrf, isFresh } = session;
  if (credential.grant !== undefined && !granting.isInForce(credential.grant.id)) {
    sessions.close(key);
    return null;
  }
  return { credential, session: { key, csrf, isFresh } };
}

/** 20 calls a second for each token, each session, and each source that shows neither. */
function takeTurn(request: FastifyRequest, rate: RateLimit): void {
  const { principal } = request;
  let key = `source ${request.socket.remoteAddress ?? ''}`;
  if (principal !== null) key = principal.session?.key ?? `actor ${principal.credential.actor}`;
  const waitMs = rate.take(key);
  if (waitMs === 0) return;
  const seconds = String(Math.ceil(waitMs / 1000));
  throw new HttpProblem(429, 'TOO_MANY', 'more than 20 calls a second', { 'retry-after': seconds });
}

/** A page from elsewhere can send a browser here, but never as our own page. */
function requireOwnPage(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  const site = [request.headers['sec-fetch-site'] ?? []].flat().join();
  const own = `${isTls(request) ? 'https' : 'http'}://${host ?? ''}`;
  if (origin !== undefined && origin !== own) {
    throw new HttpProblem(
      403,
      'FOREIGN_ORIGIN',
      `a page of ${origin.slice(0, 100)} may not change anything here`,
    );
  }
  if (site !== '' && site !== 'same-origin') {
    throw new HttpProblem(
      403,
      'FOREIGN_ORIGIN',
      `a call from site "${site.slice(0, 20)}" may not change anything`,
    );
  }
}

function requireAccess(request: FastifyRequest, access: Access, showedToken: boolean): void {
  if (access.open) return;
  const { principal } = request;
  if (principal === null) {
    if (access.loopback === true && !showedToken && isLoopback(request.socket.remoteAddress)) return;
    const why = showedToken ? 'the token is not known here' : 'sign in first, or send a token';
    throw new HttpProblem(401, 'NOT_SIGNED_IN', why, { 'www-authenticate': 'Bearer realm="bailee"' });
  }
  const { roles, grant } = principal.credential;
  if (!admits(access, principal.credential)) {
    // Not even whether there is such a thing here.
    if (grant !== undefined) throw nothingHere(`there is nothing at "${pathOf(request).slice(0, 100)}"`);
    throw new HttpProblem(403, 'NOT_ALLOWED', `a ${roles.join(', ')} may not do this`);
  }
  if (access.stepUp === true && principal.session?.isFresh === false) {
    const why = 'this needs a sign-in of the last 5 minutes: sign in again';
    throw new HttpProblem(403, 'STEP_UP', why);
  }
}

function requireCsrfToken({ principal, headers }: FastifyRequest): void {
  const session = principal?.session ?? null;
  if (session === null) return;
  const sent = headers['x-csrf-token'];
  if (typeof sent !== 'string' || !isSameText(sent, session.csrf)) {
    throw new HttpProblem(403, 'NO_CSRF_TOKEN', 'the header x-csrf-token is not that of the session');
  }
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  return LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
