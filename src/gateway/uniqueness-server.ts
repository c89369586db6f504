import { createHash, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import * as z from 'zod';
import { StorageError } from '../domain/errors.ts';

/** Who may tell: a gateway, by the SHA-256 of its token. */
export type Member = { readonly name: string; readonly sha256: Uint8Array };

export type UniquenessServerSettings = {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  /** Folder with one file a member, written whole. */
  readonly state: string;
  readonly members: readonly Member[];
  readonly onFatal: (error: unknown) => void;
};

export type UniquenessServer = AsyncDisposable & { readonly url: string };

const LARGEST_BODY = 8 * 1024 * 1024;
const hashes = z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(50_000);
const Told = z.strictObject({ hashes });

/**
 * The index across sites: each member tells the keyed hashes of its tags, all of them each time, and hears which of
 * them another member told, too. It holds no key, so it learns no tag. @throws StorageError for a state it cannot read
 */
export async function openUniquenessServer(settings: UniquenessServerSettings): Promise<UniquenessServer> {
  const { host, port, tls } = settings;
  const book = new Book(settings);
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const tell = async (): Promise<void> => {
      const { status, body } = await answer(book, request);
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    tell().catch((error: unknown) => {
      response.destroy();
      settings.onFatal(error);
    });
  };
  const server =
    tls === null
      ? createServer(handle)
      : createTlsServer({ cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.3' }, handle);
  server.headersTimeout = 5000;
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = { readonly status: number; readonly body: object };

async function answer(book: Book, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'POST' || request.url !== '/v1/told')
    return { status: 404, body: { error: 'there is nothing here' } };
  const member = book.memberOf(
    /^Bearer ([!-~]{1,512})$/.exec(request.headers.authorization ?? '')?.[1] ?? '',
  );
  if (member === null) return { status: 401, body: { error: 'the token is not known here' } };
  const chunks: Buffer[] = [];
  let size = 0;
  const body: AsyncIterable<Buffer> = request;
  for await (const bytes of body) {
    size += bytes.length;
    if (size > LARGEST_BODY) return { status: 413, body: { error: `more than ${LARGEST_BODY} bytes` } };
    chunks.push(bytes);
  }
  const told = toldIn(Buffer.concat(chunks));
  if (told === null)
    return { status: 400, body: { error: 'must be {"hashes": [64 hexadecimal digits, ...]}' } };
  return { status: 200, body: { elsewhere: book.tell(member, told) } };
}

function toldIn(bytes: Buffer): readonly string[] | null {
  try {
    return Told.parse(JSON.parse(bytes.toString())).hashes;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

/** What each member told last; it outlives a restart. */
class Book {
  readonly #settings: UniquenessServerSettings;
  readonly #told = new Map<string, ReadonlySet<string>>();

  constructor(settings: UniquenessServerSettings) {
    this.#settings = settings;
    mkdirSync(settings.state, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(settings.state).filter((name) => name.endsWith('.json'))) {
      const read = toldIn(readFileSync(join(settings.state, file)));
      if (read === null) throw new StorageError('CORRUPT', `${file} of ${settings.state} holds no hashes`);
      this.#told.set(file.slice(0, -5), new Set(read));
    }
  }

  memberOf(token: string): Member | null {
    const presented = createHash('sha256').update(token).digest();
    let found: Member | null = null;
    for (const member of this.#settings.members)
      if (timingSafeEqual(presented, member.sha256)) found = member;
    return found;
  }

  /** Stored before it is answered: who heard nothing of another may rely on being heard of. */
  tell({ name }: Member, told: readonly string[]): readonly { readonly hash: string; readonly by: string }[] {
    const file = join(this.#settings.state, `${name}.json`);
    writeFileSync(`${file}.new`, JSON.stringify({ hashes: told }), { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
    this.#told.set(name, new Set(told));
    const others = [...this.#told].filter(([other]) => other !== name);
    return told.flatMap((hash) => {
      const by = others.filter(([, set]) => set.has(hash)).map(([other]) => other);
      return by.map((other) => ({ hash, by: other }));
    });
  }
}
