import { DeviceError } from '../../domain/errors.ts';
import { child, numeric, textual } from './capabilities.ts';
import { decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { FrameReader } from './frame-reader.ts';
import { STATUS_NAMES } from './generated/table.ts';
import type { LlrpMessage, LlrpNode } from './node.ts';
import { ENABLE_EXTENSIONS_RESPONSE } from './requests.ts';
import { decodeTagReports, type TagReport } from './tag-reports.ts';

/** What comes without being asked for. */
export type Heard = {
  tags(reports: readonly TagReport[]): void;
  /** READER_EVENT_NOTIFICATION's data. */
  event(data: LlrpNode): void;
  refused(detail: string): void;
  /** Bytes that cannot be LLRP: the stream is lost. */
  broken(detail: string): void;
};

type Waiting = {
  readonly name: string;
  readonly resolve: (answer: LlrpNode) => void;
  readonly reject: (error: DeviceError) => void;
  readonly timer: NodeJS.Timeout;
};

const ANSWER_MS = 5000;

/** One connection to a reader: requests with their answers, and what the reader says by itself. */
export class Conversation {
  readonly #send: (bytes: Uint8Array) => void;
  readonly #heard: Heard;
  readonly #frames = new FrameReader();
  readonly #waiting = new Map<number, Waiting>();
  #id = 0;

  constructor(send: (bytes: Uint8Array) => void, heard: Heard) {
    this.#send = send;
    this.#heard = heard;
  }

  /** The whole answer. @throws DeviceError TIMEOUT, or EXCEPTION_REPLY with the reader's own words */
  async ask(body: LlrpNode): Promise<LlrpNode> {
    const id = ++this.#id;
    this.tell(body, id);
    const answer = Promise.withResolvers<LlrpNode>();
    const timer = setTimeout(() => {
      this.#waiting.delete(id);
      answer.reject(new DeviceError('TIMEOUT', `no answer to ${body.name} within ${ANSWER_MS} ms`));
    }, ANSWER_MS);
    this.#waiting.set(id, { name: body.name, ...answer, timer });
    return await answer.promise;
  }

  /** A message that has no answer. */
  tell(body: LlrpNode, id = ++this.#id): void {
    this.#send(encodeMessage({ version: 1, id, body }));
  }

  /** The connection is gone, and every answer with it. */
  end(why: string): void {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new DeviceError('PORT_LOST', why));
    }
    this.#waiting.clear();
  }

  push(chunk: Uint8Array): void {
    const { frames, broken } = this.#frames.push(chunk);
    for (const frame of frames) this.#take(frame);
    if (broken !== null) this.#heard.broken(broken);
  }

  #take(frame: Buffer): void {
    const reports = decodeTagReports(frame);
    if (!reports.ok) return this.#heard.refused(reports.detail);
    if (reports.value !== null) return this.#heard.tags(reports.value);
    const decoded = decodeMessage(frame);
    if (!decoded.ok) return this.#heard.refused(decoded.detail);
    const { body } = decoded.value;
    if (body.name === 'KEEPALIVE') return this.tell({ name: 'KEEPALIVE_ACK' }, decoded.value.id);
    if (body.name === 'READER_EVENT_NOTIFICATION') {
      const [data] = body.params ?? [];
      if (data !== undefined) this.#heard.event(data);
      return;
    }
    this.#answer(decoded.value);
  }

  #answer({ id, body }: LlrpMessage): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return this.#heard.refused(`${body.name} answers nothing that was asked`);
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    const wrong = complaintOf(body);
    if (wrong === null) waiting.resolve(body);
    else waiting.reject(new DeviceError('EXCEPTION_REPLY', `${waiting.name}: ${wrong}`));
  }
}

/** The reader's LLRPStatus in words; null when it says success. */
function complaintOf(body: LlrpNode): string | null {
  const status = child(body, 'LLRPStatus');
  if (status === undefined) return customComplaint(body);
  const code = numeric(status, 'StatusCode') ?? 0;
  if (code === 0 && body.name !== 'ERROR_MESSAGE') return null;
  const text = textual(status, 'ErrorDescription');
  const name = `${code} ${STATUS_NAMES[code] ?? ''}`.trim();
  return text === '' ? name : `${name}: ${text}`;
}

/** Impinj's answer has its LLRPStatus in the data: a TLV header, then the code. */
function customComplaint(body: LlrpNode): string | null {
  if (numeric(body, 'MessageSubtype') !== ENABLE_EXTENSIONS_RESPONSE) return null;
  const code = Number.parseInt(textual(body, 'Data').slice(8, 12), 16);
  return code === 0 ? null : `${code} ${STATUS_NAMES[code] ?? ''}`.trim();
}
