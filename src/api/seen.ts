import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, reasonOf } from './acts.ts';
import { checked } from './body.ts';
import { pathParameter } from './parameters.ts';
import type { Seen } from './seen-port.ts';
import { HttpProblem } from './problem.ts';
import { SCHEMAS } from './schema.ts';

/** What a hash names never changes, and it is for this person only. */
const KEEP = 'private, max-age=31536000, immutable';

export function seenHandlersOf({ tags, pictures }: Seen) {
  return {
    tags: () => tags.state(),
    bindTag: (request: FastifyRequest, reply: FastifyReply) => bindTag(request, reply, tags),
    pictures: () => pictures.list(),
    picture: (request: FastifyRequest, reply: FastifyReply) => answerPicture(request, reply, pictures),
  };
}

async function bindTag(request: FastifyRequest, reply: FastifyReply, tags: Seen['tags']): Promise<void> {
  const { tid, reason } = checked(SCHEMAS.TagBinding, request.body);
  const by = { ...actorOf(request), reason: reasonOf(reason) };
  await tags.bind(pathParameter(request, 'id').toLowerCase(), tid.toLowerCase(), by);
  await reply.code(204).send();
}

function answerPicture(
  request: FastifyRequest,
  reply: FastifyReply,
  pictures: Seen['pictures'],
): FastifyReply {
  const sha256 = pathParameter(request, 'sha256');
  const bytes = /^[0-9a-f]{64}$/.test(sha256) ? pictures.find(sha256) : null;
  if (bytes === null) throw new HttpProblem(404, 'NOT_FOUND', `there is no picture "${sha256.slice(0, 64)}"`);
  return reply.header('cache-control', KEEP).type('image/jpeg').send(bytes);
}
