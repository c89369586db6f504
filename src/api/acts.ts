import type { FastifyReply, FastifyRequest } from 'fastify';
import { recordText } from '../domain/text.ts';
import { checked } from './body.ts';
import { sessionIdOf, setCookie } from './cookie.ts';
import { isUnsafe } from './guard.ts';
import type { Actor, Credential, Erasing, Granting, Operator } from './port.ts';
import { pathOf, pathParameter } from './parameters.ts';
import { HttpProblem } from './problem.ts';
import { admits, roleFor } from './roles.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';
import { SCHEMAS } from './schema.ts';
import { credentialOf, type Sessions } from './sessions.ts';
import type { Grantee, Role, Session } from './types.ts';

/** What a record's text may hold, bytes of UTF-8 (evidence section 2). */
const LONGEST_REASON = 256;

export async function erase(request: FastifyRequest, reply: FastifyReply, erasing: Erasing): Promise<void> {
  const order = checked(SCHEMAS.ErasureOrder, request.body);
  erasing.order({ ...actorOf(request), ...order, reason: reasonOf(order.reason) });
  await reply.code(204).send();
}

/** @throws HttpProblem for a reason that no record holds */
export function reasonOf(reason: string): string {
  const bytes = Buffer.byteLength(reason);
  if (bytes > LONGEST_REASON)
    throw new HttpProblem(400, 'INVALID', `reason has ${bytes} bytes, at most ${LONGEST_REASON}`);
  return recordText(reason);
}

export type SignInParts = {
  readonly credentials: readonly Credential[];
  readonly granting: Granting;
  readonly sessions: Sessions;
  readonly operator: Operator;
};

/** A new session id at every sign-in; the one the browser had is dead. */
export async function signIn(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: SignInParts,
): Promise<Session> {
  const { token } = checked(SCHEMAS.SignIn, request.body);
  const credential = credentialOf(token, parts.credentials) ?? parts.granting.credentialOf(token);
  if (credential === null) throw new HttpProblem(401, 'NOT_SIGNED_IN', 'the token is not known here');
  const { actor, name } = credential;
  const role = roleOf(credential);
  await parts.operator.record({ actor, role, verb: 'sign-in', object: name, reason: '', result: 'done' });
  const before = sessionIdOf(request);
  const old = before === null ? null : parts.sessions.find(before);
  if (old !== null) parts.sessions.close(old.key);
  const { id, session } = parts.sessions.open(credential);
  void reply.header('set-cookie', setCookie(request, id));
  return sessionOf(credential, session.csrf);
}

export async function signOut(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: SignInParts,
): Promise<void> {
  const { principal } = request;
  const session = principal?.session ?? null;
  if (principal === null || session === null) {
    throw new HttpProblem(409, 'CONFLICT', 'a token has no session to end');
  }
  parts.sessions.close(session.key);
  const object = recordText(principal.credential.name);
  await parts.operator.record({
    ...actorOf(request),
    verb: 'sign-out',
    object,
    reason: '',
    result: 'done',
  });
  await reply.header('set-cookie', setCookie(request, '')).code(204).send();
}

/** Who is signed in, null for nobody; a call by token has no session and needs no csrf token. */
export function whoIs({ principal }: FastifyRequest): Session | null {
  if (principal === null) return null;
  const { credential, session } = principal;
  return sessionOf(credential, session?.csrf ?? '');
}

function sessionOf(credential: Credential, csrf: string): Session {
  const may = Object.entries<Route>(ROUTES).flatMap(([operation, { access }]) =>
    access.open || admits(access, credential) ? [operation] : [],
  );
  return { name: credential.name, role: roleOf(credential), may, csrf };
}

/** Somebody's first role, or what their grant makes them. */
function roleOf({ roles, grant }: Credential): Role | Grantee {
  return grant?.as ?? roles[0] ?? 'viewer';
}

/**
 * Puts a call that was to change something, and was not served, on record; of a party that comes in by a
 * grant also one that only looked. A call beyond the rate limit is not: a flood would fill the journal with itself.
 */
export async function recordRefusal(
  request: FastifyRequest,
  problem: HttpProblem,
  operator: Operator,
): Promise<void> {
  if (problem.status === 429 || !(isUnsafe(request.method) || isProbe(request, problem))) return;
  const route = request.routeOptions.config.route;
  await operator.record({
    ...actorOf(request),
    verb: route?.verb ?? recordText(request.method),
    object: recordText(pathParameter(request, 'id') || pathOf(request)),
    reason: recordText(`${problem.code}: ${problem.message}`),
    result: 'refused',
  });
}

/** A party asked for what its grant does not open. */
export function isProbe(request: FastifyRequest, { status }: HttpProblem): boolean {
  if (request.principal?.credential.grant === undefined) return false;
  return pathOf(request).startsWith('/api/') && (status === 404 || status === 405);
}

/** Who acts, by the role that this route lets in; of a call that is refused, by their first role. */
export function actorOf({ principal, routeOptions }: FastifyRequest): Actor {
  if (principal === null) return { actor: 0, role: 'none' };
  const { actor, roles, grant } = principal.credential;
  if (grant !== undefined) return { actor, role: grant.as };
  const access = routeOptions.config.route?.access;
  const role = access === undefined || access.open ? undefined : roleFor(access, roles);
  return { actor, role: role ?? roles[0] ?? 'none' };
}
