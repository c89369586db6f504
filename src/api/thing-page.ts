import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ThingTold } from './epcis.ts';

type Row = readonly [zh: string, en: string, value: string];

/** A small page for whoever scans a code with a phone; no script, nothing from elsewhere. */
export function thingPage(reply: FastifyReply, request: FastifyRequest, told: ThingTold): FastifyReply {
  const isChinese = !/^\s*en\b/i.test(request.headers['accept-language'] ?? '');
  const say = (zh: string, en: string): string => (isChinese ? zh : en);
  const rows = [...keyRows(told), ...('epc' in told ? statusRows(told) : [])];
  const table = rows
    .map(
      ([zh, en, value]) => `<tr><th scope="row">${escaped(say(zh, en))}</th><td>${escaped(value)}</td></tr>`,
    )
    .join('');
  const links = 'links' in told ? linkList(told.links, say) : '';
  const title = say('物品在册', 'This thing is on record');
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>`;
  const html = `<!doctype html><html lang="${say('zh', 'en')}">${head}<h1>${title}</h1><table>${table}</table>${links}</html>`;
  return reply.type('text/html; charset=utf-8').send(html);
}

function keyRows({ uri, elements }: ThingTold): Row[] {
  const named = elements.map(([ai, value]) => `(${ai})${value}`).join(' ');
  return [
    ['编码', 'Code', named],
    ['标识', 'URI', uri],
  ];
}

function statusRows({
  lot,
  place,
  seen,
  within,
  contains,
  evidence,
}: Extract<ThingTold, { epc: string }>): Row[] {
  const none = '–';
  return [
    ['批次', 'Lot', lot === '' ? none : lot],
    ['所在库区', 'Zone', place === null ? none : `${place.zone}, ${instant(place.since)}`],
    ['最近识读', 'Last seen', seen === null ? none : `${seen.point}, ${instant(seen.at)}`],
    ['所属包装', 'In', within ?? none],
    ['内含', 'Contains', contains.length === 0 ? none : contains.join(' ')],
    [
      '依据',
      'Rests on',
      `${evidence.origin} ${evidence.block}/${evidence.slot}/${evidence.seq} ${evidence.leaf}`,
    ],
  ];
}

const LINK_WORDS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  events: ['事件', 'Events'],
  proof: ['证明包', 'Proof'],
  receipt: ['仓单', 'Receipt'],
};

function linkList(
  links: Readonly<Record<string, readonly string[]>>,
  say: (zh: string, en: string) => string,
): string {
  return Object.entries(links)
    .flatMap(([name, list]) => {
      const [zh, en] = LINK_WORDS[name] ?? [name, name];
      return list.map((href) => `<p><a href="${escaped(href)}">${say(zh, en)}</a></p>`);
    })
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);
}

function instant(t: number): string {
  return new Date(t).toISOString();
}
