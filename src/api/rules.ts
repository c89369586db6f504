import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, reasonOf } from './acts.ts';
import { checked } from './body.ts';
import type { RuleSetting } from './port.ts';
import { SCHEMAS } from './schema.ts';

type By = Parameters<RuleSetting['confirm']>[0];

export function ruleHandlersOf(rules: RuleSetting) {
  return {
    ruleSet: () => rules.state(),
    confirmRules: actOnRules((by) => rules.confirm(by)),
    revertRules: actOnRules((by) => rules.revert(by)),
    tryRules: actOnRules((by) => rules.tryAgain(by)),
  };
}

/** Answered once it is on record. */
function actOnRules(what: (by: By) => void | Promise<void>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { reason } = checked(SCHEMAS.Reason, request.body);
    await what({ ...actorOf(request), reason: reasonOf(reason) });
    await reply.code(204).send();
  };
}
