import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../domain/errors.ts';
import { pathParameter } from './parameters.ts';
import type { Answering, Asked } from './port.ts';
import { HttpProblem } from './problem.ts';
import { ROUTES } from './routes.ts';

/**
 * The page behind the link in a person's notice. Programs that look at links before people do (mail
 * scanners, chat previews) only ever GET: that shows a button and changes nothing.
 */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  // With no referrer at all a browser hides where its own form comes from.
  'referrer-policy': 'same-origin',
};

/** What a browser sends for a form. */
export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The page's button is a form without fields; everywhere else a form is no body that is read. */
export function parseButton(
  request: FastifyRequest,
  _body: Buffer,
  done: (error: Error | null, body?: unknown) => void,
): void {
  if (request.routeOptions.config.route === ROUTES.takeAnswer) return done(null, null);
  done(new HttpProblem(415, 'WRONG_MEDIA_TYPE', `${FORM_TYPE} is not read here`));
}

const NO_LINK = '链接无效或已过期: this link was never given, or is too old';

/** @throws Refused NOT_FOUND */
export function showAnswer(request: FastifyRequest, reply: FastifyReply, answering: Answering): FastifyReply {
  const asked = answering.look(pathParameter(request, 'token'));
  if (asked === null) throw new Refused('NOT_FOUND', NO_LINK);
  if (!asked.isOpen) return page(reply, 200, '该报警已确认', 'This alarm was acknowledged already', asked);
  const button = '<form method="post"><button type="submit">确认收到 / Acknowledge</button></form>';
  return page(reply, 200, '请确认报警', 'Please acknowledge', asked, button);
}

export async function takeAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  answering: Answering,
): Promise<FastifyReply> {
  const token = pathParameter(request, 'token');
  const asked = answering.look(token);
  if (asked === null) throw new Refused('NOT_FOUND', NO_LINK);
  try {
    await answering.acknowledge(token);
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'CONFLICT') throw error;
    return page(reply, 409, '该报警已确认', 'This alarm was acknowledged already', asked);
  }
  return page(reply, 200, '已确认', 'Acknowledged', asked);
}

function page(
  reply: FastifyReply,
  status: number,
  zh: string,
  en: string,
  asked: Asked,
  more = '',
): FastifyReply {
  const place = asked.place === null ? '' : `<p>${escaped(asked.place.zh)} / ${escaped(asked.place.en)}</p>`;
  const about =
    asked === null ? '' : `<h1>${escaped(asked.title.zh)}<br>${escaped(asked.title.en)}</h1>${place}`;
  const head =
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>bailee</title>';
  const html = `<!doctype html><html lang="zh">${head}${about}<p>${zh} / ${en}</p>${more}</html>`;
  return reply.code(status).headers(HEADERS).type('text/html; charset=utf-8').send(html);
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);
}
