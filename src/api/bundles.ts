import { finished } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BundleAsk, BundleMode, BundleSelect, BundleWish } from '../domain/bundle-wish.ts';
import { parseDecimal, parseDuration, ucumOf, type Decimal } from '../domain/units.ts';
import type { Bundles, View } from './port.ts';
import { queryParameter, readInstant, refuseUnknown } from './parameters.ts';
import { HttpProblem } from './problem.ts';
import { grantOf, noReceipt } from './scope.ts';
import { ROUTES } from './routes.ts';

const MODES: readonly BundleMode[] = ['full', 'summary', 'partial'];

/** The bundle that proves what was recorded, as a file; an asker who goes away ends the work on it. */
export async function answerBundle(
  request: FastifyRequest,
  reply: FastifyReply,
  { view, bundles }: { readonly view: View; readonly bundles: Bundles },
): Promise<unknown> {
  const query = readQuery(request, view.status().now);
  const gone = new AbortController();
  finished(reply.raw, () => gone.abort(new HttpProblem(503, 'GONE', 'the asker went away')));
  const made = await bundles.make(query, gone.signal);
  const next = new URLSearchParams(request.url.split('?')[1]);
  next.set('from', String(made.until));
  next.set('to', String(query.to));
  const name = `bundle-${query.from}-${made.until}.zip`;
  return bundleAnswer(reply, made, name, made.until < query.to ? next : null);
}

/** @param next the query of the bundle that goes on where this one ends; null for none */
export function bundleAnswer(
  reply: FastifyReply,
  { bytes, content }: Awaited<ReturnType<Bundles['make']>>,
  name: string,
  next: URLSearchParams | null,
): FastifyReply {
  void reply.headers({ 'content-length': bytes, 'content-disposition': `attachment; filename="${name}"` });
  if (next !== null) void reply.header('link', `<${ROUTES.bundles.path}?${next.toString()}>; rel="next"`);
  return reply.type('application/zip').send(content);
}

function readQuery(request: FastifyRequest, now: number): BundleWish {
  refuseUnknown(request, ROUTES.bundles.query);
  requireOwn(request);
  const given = (name: string): string | null => queryParameter(request, name);
  const to = readInstant('to', given('to')) ?? now;
  const select = readSelect(given);
  const isGoods = select.kind === 'receipt' || select.kind === 'lot';
  // Goods are asked about from when they came.
  const from = readInstant('from', given('from')) ?? (isGoods ? 0 : null);
  if (from === null || from >= to) throw invalid(`from must be given and be before to (${to})`);
  const mode = MODES.find((m) => m === (given('mode') ?? 'full'));
  if (mode === undefined) throw invalid(`mode must be one of ${MODES.join(', ')}`);
  return {
    select,
    ask: readAsk(given),
    from,
    to,
    mode,
    times: readTimes(given('show')),
    events: readFlag('events', given('events')),
  };
}

/** A grant opens its receipts, and sightings of its items; to a partner and of items only records by themselves. */
function requireOwn(request: FastifyRequest): void {
  const grant = grantOf(request);
  if (grant === null) return;
  const given = (name: string): string | null => queryParameter(request, name);
  const [receipt, tag] = [given('receipt'), given('tag')?.toLowerCase() ?? null];
  const isOpen = receipt === null ? tag !== null && grant.items.has(tag) : grant.receipts.has(receipt);
  const isClosed = ['stream', 'zone', 'lot', 'events'].find((name) => given(name) !== null);
  if (!isOpen || isClosed !== undefined) throw noReceipt(receipt ?? isClosed ?? tag ?? '');
  if ((receipt === null || grant.as === 'partner') && given('mode') !== 'partial')
    throw invalid('mode must be partial: single records are open to you, with their proofs');
}

type Given = (name: string) => string | null;

function readSelect(given: Given): BundleSelect {
  const [stream, zone, tag] = [given('stream'), given('zone'), given('tag')];
  const [receipt, lot] = [given('receipt'), given('lot')];
  if ([stream, zone, receipt, lot].filter((one) => one !== null).length > 1)
    throw invalid('give one of stream, zone, receipt and lot');
  if (receipt !== null) return { kind: 'receipt', receipt };
  if (lot !== null) return { kind: 'lot', lot };
  if (stream !== null) return { kind: 'streams', ids: stream.split(',') };
  if (zone !== null) return { kind: 'zone', zone };
  if (tag !== null) return { kind: 'readPoints' };
  throw invalid('say of what: stream, zone, tag, receipt or lot');
}

function readAsk(given: Given): BundleAsk {
  const maxGapMs = readSpan('max-gap', given('max-gap'));
  const allowGapMs = readSpan('allow-gap', given('allow-gap')) ?? 0;
  const epc = given('tag')?.toLowerCase() ?? null;
  if (epc !== null) {
    if (!/^([0-9a-f]{2}){1,64}$/.test(epc)) throw invalid('tag must be an EPC in hexadecimal');
    return { kind: 'present', epc, maxGapMs, allowGapMs };
  }
  const allowOutMs = readSpan('allow-out', given('allow-out')) ?? 0;
  const [min, max] = [readDecimal('min', given('min')), readDecimal('max', given('max'))];
  return { kind: 'range', unit: readUnit(given('unit')), min, max, maxGapMs, allowOutMs, allowGapMs };
}

function readTimes(text: string | null): { readonly from: number; readonly to: number }[] {
  if (text === null) return [];
  return text.split(',').map((span) => {
    const [from, to] = span.split('/').map((t) => readInstant('show', t));
    if (typeof from !== 'number' || typeof to !== 'number' || from >= to)
      throw invalid('show must be FROM/TO, several with a comma between');
    return { from, to };
  });
}

function readSpan(name: string, text: string | null): number | null {
  if (text === null) return null;
  const ms = parseDuration(text);
  if (ms === null) throw invalid(`${name}="${text.slice(0, 20)}" must be a time span, e.g. 90s`);
  return ms;
}

function readDecimal(name: string, text: string | null): Decimal | null {
  if (text === null) return null;
  const value = parseDecimal(text);
  if (value === null) throw invalid(`${name}="${text.slice(0, 20)}" must be a decimal number`);
  return value;
}

function readUnit(text: string | null): string | null {
  if (text === null) return null;
  const unit = ucumOf(text);
  if (unit === null) throw invalid(`unit="${text.slice(0, 20)}" is not known`);
  return unit;
}

function readFlag(name: string, text: string | null): boolean {
  if (text === null || text === 'false') return false;
  if (text === 'true') return true;
  throw invalid(`${name} must be true or false`);
}

function invalid(message: string): HttpProblem {
  return new HttpProblem(400, 'INVALID', message);
}
