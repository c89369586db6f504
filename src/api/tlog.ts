import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseTilePath } from '../evidence/tlog-tiles.ts';
import { pathParameter } from './parameters.ts';
import type { Tlog } from './port.ts';
import { HttpProblem } from './problem.ts';

/** Tiles never change (C2SP tlog-tiles); a head is another one soon. */
const FOREVER = 'max-age=31536000, immutable';
const SOON = 'no-cache';

/** The newest signed head of the log. */
export function answerCheckpoint(reply: FastifyReply, tlog: Tlog, isPublic: boolean): FastifyReply {
  const note = tlog.checkpoint();
  if (note === null) throw new HttpProblem(404, 'NOT_FOUND', 'no head is signed yet');
  return reply.header('cache-control', cached(SOON, isPublic)).type('text/plain; charset=utf-8').send(note);
}

/** A tile or a bundle of entries, full or partial, as far as the newest head covers it. */
export function answerTile(
  request: FastifyRequest,
  reply: FastifyReply,
  tlog: Tlog,
  isPublic: boolean,
): FastifyReply {
  const path = pathParameter(request, '*');
  const parsed = parseTilePath(path);
  const tile = parsed === null ? null : tlog.tile(parsed);
  if (tile === null) throw new HttpProblem(404, 'NOT_FOUND', `there is no tile ${path.slice(0, 100)}`);
  return reply
    .header('cache-control', cached(FOREVER, isPublic))
    .type('application/octet-stream')
    .send(Buffer.from(tile.buffer, tile.byteOffset, tile.length));
}

/** What needs a token is kept by nobody on the way. */
function cached(how: string, isPublic: boolean): string {
  return `${isPublic ? 'public' : 'private'}, ${how}`;
}
