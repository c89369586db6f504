import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnchoredLog } from '../../../test/anchored-log.ts';
import { ORIGIN } from '../../../test/witnessing-site.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { noteKey } from '../../evidence/note-key.ts';
import { cosign, parseNote } from '../../evidence/note.ts';
import { nodePrimitives } from '../../gateway/site/primitives.ts';
import type { Cosigned } from '../port.ts';
import { seedSigner } from '../signer.ts';
import { httpWitness, shownHead } from './http-witness.ts';

const { sha256 } = nodePrimitives;
const signer = seedSigner(sha256(utf8('a witness')));
const key = noteKey(sha256, 'witness.example/a', 'cosignature', signer.publicKey);
const log = new AnchoredLog(ORIGIN);
const request = log.request(2, 7);
const parsed = parseNote(utf8(request.note));
if (!parsed.ok) throw new Error(parsed.why);
const GOOD = cosign(parsed.note.text, 1_767_226_205, { key, sign: (m) => signer.sign(m) });

let server: Server;
let url: string;
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((incoming, response) => void incoming.resume().on('end', () => answer(response)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/prefix`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function says(status: number, body: string, headers: Record<string, string> = {}): void {
  answer = (response) => void response.writeHead(status, headers).end(body);
}

function ask(signal = new AbortController().signal): Promise<Cosigned> {
  return httpWitness({ ...nodePrimitives, url, key, timeoutMs: 300 })(request, signal);
}

const SIZE = { 'content-type': 'text/x.tlog.size' };

describe('what a witness answers', () => {
  it('counts with a good line of its key, whatever else is in it', async () => {
    for (const body of [GOOD, `— other.example/w ${'A'.repeat(40)}\n${GOOD}`, `nonsense\n${GOOD}${GOOD}`]) {
      says(200, body);
      expect(await ask()).toEqual({ kind: 'signed', line: GOOD });
    }
  });

  it('counts for nothing without one: another text, another key, another time, none', async () => {
    const over = cosign(parsed.note.text.replace('\n7\n', '\n8\n'), 1_767_226_205, {
      key,
      sign: (m) => signer.sign(m),
    });
    const later = GOOD.replace('AAAA', 'AAAB');
    expect(later).not.toBe(GOOD);
    for (const body of [
      '',
      'signed!\n',
      over,
      later,
      GOOD.replace('witness.example/a', 'witness.example/b'),
    ]) {
      says(200, body);
      await expect(ask(), body).rejects.toMatchObject({ name: 'AnchorError', code: 'REJECTED' });
    }
  });

  it('is a refusal for each of its codes', async () => {
    says(409, '6\n', SIZE);
    expect(await ask()).toEqual({ kind: 'refused', why: { code: 'STALE_HEAD', size: 6n, root: null } });
    says(409, '6', { 'content-type': 'text/x.tlog.size; charset=utf-8' });
    expect(await ask()).toMatchObject({ kind: 'refused' });
    for (const [status, code] of [
      [400, 'INVALID'],
      [403, 'BAD_SIGNATURE'],
      [404, 'NOT_PERMITTED'],
      [413, 'INVALID'],
      [422, 'INCONSISTENT'],
    ] as const) {
      says(status, 'no');
      expect(await ask()).toEqual({ kind: 'refused', why: { code } });
    }
  });

  it.each([
    ['409 without a size', 409, 'six\n', SIZE],
    ['409 of another type', 409, '6\n', { 'content-type': 'text/plain' }],
    ['409 beyond 64 bits', 409, '18446744073709551616\n', SIZE],
    ['a failure of its own', 500, 'oops', {}],
    ['a way elsewhere', 307, '', { location: 'http://127.0.0.1:1/add-checkpoint' }],
    ['more than an answer can have', 200, 'x'.repeat(20_000) + GOOD, {}],
  ])('is no answer: %s', async (_, status, body, headers) => {
    says(status, body, headers);
    await expect(ask()).rejects.toMatchObject({ name: 'AnchorError', code: 'UNREACHABLE' });
  });

  it('is no answer when it does not come in time, or is cut off', async () => {
    answer = () => undefined;
    await expect(ask()).rejects.toThrow('does not answer within 300 ms');
    answer = (response) => {
      response.writeHead(200, { 'content-length': '5000' }).write('— wit');
    };
    await expect(ask()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    answer = (response) => void response.socket?.destroy();
    await expect(ask()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    const stopped = new AbortController();
    answer = () => stopped.abort();
    await expect(ask(stopped.signal)).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  it('may show the head it cosigned, or not', async () => {
    const shown = shownHead({ ...nodePrimitives, url, key, timeoutMs: 300 }, ORIGIN);
    let path = '';
    server.once('request', (incoming: { url?: string }) => (path = incoming.url ?? ''));
    says(200, request.note);
    const { signal } = new AbortController();
    expect(await shown(signal)).toBe(request.note);
    expect(path).toBe(`/prefix/heads/${ORIGIN}`);
    says(404, 'no');
    expect(await shown(signal)).toBeNull();
    answer = (response) => void response.socket?.destroy();
    expect(await shown(signal)).toBeNull();
  });
});
