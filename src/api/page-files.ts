import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from './problem.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

type PageFile = {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
  /** What a page that is one file lets itself do, in place of what this server says of its pages. */
  readonly policy: string | null;
};

/** The page's few files, read once: a name that is asked for is looked up, never opened. */
export class PageFiles {
  readonly #files: ReadonlyMap<string, PageFile>;

  /** @param folder null when the page was not built: then there is none */
  constructor(folder: string | null) {
    const names = folder === null ? [] : readdirSync(folder).filter((name) => extname(name) in TYPES);
    this.#files = new Map(names.map((name) => [name, read(join(folder ?? '', name))]));
  }

  answer(request: FastifyRequest, reply: FastifyReply, name: string): FastifyReply {
    const file = this.#files.get(name);
    if (file === undefined)
      throw new HttpProblem(404, 'NOT_FOUND', `there is no file "${name.slice(0, 100)}"`);
    void reply.headers({ etag: file.etag, 'cache-control': 'no-cache' });
    if (file.policy !== null) void reply.header('content-security-policy', file.policy);
    if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
    return reply.type(file.type).send(file.bytes);
  }
}

function read(path: string): PageFile {
  const bytes = readFileSync(path);
  const digest = createHash('sha256').update(bytes).digest('base64url');
  const type = TYPES[extname(path)] ?? '';
  return { bytes, type, etag: `"${digest}"`, policy: extname(path) === '.html' ? policyIn(bytes) : null };
}

/**
 * The policy that the in-browser verifier bears: it names its one script and style by their hashes, which
 * is stricter than naming where they come from. A frame is forbidden here, since a page itself cannot.
 */
function policyIn(page: Buffer): string | null {
  const [, own] = /<meta http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page.toString()) ?? [];
  return own === undefined ? null : `${own}; frame-ancestors 'none'`;
}
