import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, reasonOf } from './acts.ts';
import { checked } from './body.ts';
import { bundleAnswer } from './bundles.ts';
import type { HandOverKeeping } from './hand-over-port.ts';
import type { DockTerms } from './hand-over-types.ts';
import type { PageFiles } from './page-files.ts';
import { pathParameter } from './parameters.ts';
import type { Actor } from './actor.ts';
import { SCHEMAS } from './schema.ts';
import { nothingHere } from './scope.ts';

type By = Actor & { readonly reason: string };

/** What somebody without a token of this gateway does, at a link. */
const STRANGER = { actor: 0, role: 'none' } as const;

function idOf(request: FastifyRequest): string {
  return pathParameter(request, 'id');
}

function by(request: FastifyRequest, reason: string): By {
  return { ...actorOf(request), reason: reasonOf(reason) };
}

export function handOverHandlersOf({
  handing,
  files,
}: {
  readonly handing: HandOverKeeping | null;
  readonly files: PageFiles;
}) {
  const kept = (): HandOverKeeping => {
    if (handing === null) throw nothingHere('no goods are kept here: the configuration has no section goods');
    return handing;
  };
  const docked = (request: FastifyRequest): DockTerms => {
    const found = kept().dock(pathParameter(request, 'token'));
    if (found === null) throw nothingHere('链接无效或已过期: this link was never given, or is too old');
    return found;
  };
  return {
    handOvers: () => kept().list(),
    handOver: (request: FastifyRequest) => {
      const found = kept().get(idOf(request));
      if (found === null) throw nothingHere(`there is no hand-over "${idOf(request).slice(0, 64)}"`);
      return found;
    },
    beginHandOver: (request: FastifyRequest) => {
      const keeping = kept();
      const { document, reason } = checked(SCHEMAS.HandOverOrder, request.body);
      return keeping.begin(document, by(request, reason));
    },
    linkHands: (request: FastifyRequest) => {
      const keeping = kept();
      reasonOf(checked(SCHEMAS.Reason, request.body).reason);
      return keeping.link(idOf(request));
    },
    signHandOver: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const keeping = kept();
      const { by: hand, reason, ...signed } = checked(SCHEMAS.HandSignature, request.body);
      await keeping.sign(idOf(request), hand, signed, by(request, reason));
      await reply.code(204).send();
    },
    objectToHandOver: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const keeping = kept();
      const { reason, ...exception } = checked(SCHEMAS.HandException, request.body);
      await keeping.object(idOf(request), exception, by(request, reason));
      await reply.code(204).send();
    },
    evidenceOfException: (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
      const seq = pathParameter(request, 'seq');
      const made = /^\d{1,15}$/.test(seq) ? kept().evidence(idOf(request), Number(seq)) : null;
      if (made === null) throw nothingHere('there is no such proof file, or it is not made yet');
      const name = `objection-${seq}.zip`;
      return bundleAnswer(reply, { until: 0, ...made }, name, null);
    },
    settleHandOver: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const keeping = kept();
      const { reason } = checked(SCHEMAS.Reason, request.body);
      await keeping.settle(idOf(request), by(request, reason));
      await reply.code(204).send();
    },
    partyKeys: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const keeping = kept();
      const { key, trusted, reason } = checked(SCHEMAS.PartyKey, request.body);
      await keeping.trust(idOf(request), key, trusted, by(request, reason));
      await reply.code(204).send();
    },
    dock: (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
      docked(request);
      return files.answer(request, reply, 'dock.html');
    },
    dockTerms: (request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('cache-control', 'no-store');
      return docked(request);
    },
    dockSign: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const { handOver, by: hand } = docked(request);
      const signed = checked(SCHEMAS.DockSignature, request.body);
      await kept().sign(handOver.id, hand, signed, { ...STRANGER, reason: 'signed at the dock' });
      await reply.code(204).send();
    },
    dockObject: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const { handOver, by: hand } = docked(request);
      const told = checked(SCHEMAS.DockException, request.body);
      const exception = { ...told, by: handOver.terms[hand], pictures: [] };
      await kept().object(handOver.id, exception, { ...STRANGER, reason: 'objected at the dock' });
      await reply.code(204).send();
    },
  };
}
