import type { FastifyRequest } from 'fastify';
import { TLSSocket } from 'node:tls';

/**
 * The session cookie. Over TLS it has the `__Host-` prefix and Secure. Over plain HTTP, which there is
 * on loopback only, browsers disagree on both (Safari drops them), so it has neither; its name bears
 * the port, because cookies know no ports and two gateways on one machine would sign each other out.
 */
export function cookieName(request: FastifyRequest): string {
  const { socket } = request;
  return isTls(request) ? '__Host-bailee' : `bailee-${socket.localPort ?? 0}`;
}

export function sessionIdOf(request: FastifyRequest): string | null {
  const name = cookieName(request);
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/** `Set-Cookie` for a session; an empty id takes the cookie away. */
export function setCookie(request: FastifyRequest, id: string): string {
  const secure = isTls(request) ? '; Secure' : '';
  const end = id === '' ? '; Max-Age=0' : '';
  return `${cookieName(request)}=${id}; Path=/; HttpOnly; SameSite=Strict${secure}${end}`;
}

export function isTls(request: FastifyRequest): boolean {
  return request.socket instanceof TLSSocket;
}
