import { httpWitness } from '../../src/anchoring/witness/http-witness.ts';
import type { AnchorRequest, Cosigned } from '../../src/anchoring/port.ts';
import { formatNoteKey, noteKey, parseNoteKey, type NoteKey } from '../../src/evidence/note-key.ts';
import { openLog } from '../../src/gateway/site/log.ts';
import { nodePrimitives } from '../../src/gateway/site/primitives.ts';
import { loadWitness } from '../../src/gateway/site/site.ts';
import { openWitness, type RunningWitness } from '../../src/gateway/witness.ts';
import { AnchoredLog, LOG_KEY } from '../anchored-log.ts';
import { WitnessSite } from '../witnesses.ts';

const { sha256 } = nodePrimitives;
const CREDENTIALS = { checked: true, directory: null } as const;
const gateway = (n: number): string => `a.example/gw/${n.toString(16).padStart(16, '0')}`;

export function keyOf(origin: string): NoteKey {
  return noteKey(sha256, origin, 'ed25519', LOG_KEY.publicKey);
}

/** Opens a witness whose configuration this is; what is fatal to it goes to `onFatal`. */
export async function openFrom(file: string, onFatal: (error: unknown) => void): Promise<RunningWitness> {
  const loaded = loadWitness(file, CREDENTIALS);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const log = openLog('error', { write: () => undefined });
  return openWitness(loaded.value, { log, credentials: CREDENTIALS, onFatal });
}

/** A witness with sixteen logs that it knows, and one gateway that it knows from epoch 1 on. */
export class AskedWitness implements AsyncDisposable {
  readonly site = new WitnessSite('witness.example/bank', [
    ...Array.from({ length: 16 }, (_, n) => ({ key: formatNoteKey(keyOf(`${gateway(n)}/0`)) })),
    { key: formatNoteKey(keyOf(`${gateway(99)}/1`)), laterEpochs: true },
  ]);
  readonly failures: unknown[] = [];
  #running: RunningWitness | null = null;
  #used = 0;

  async open(): Promise<void> {
    this.#running = await openFrom(this.site.file, (error) => this.failures.push(error));
  }

  async close(): Promise<void> {
    await this.running[Symbol.asyncDispose]();
    this.#running = null;
  }

  get running(): RunningWitness {
    if (this.#running === null) throw new Error('the witness is not open');
    return this.#running;
  }

  get key(): NoteKey {
    const parsed = parseNoteKey(sha256, this.running.vkey);
    if (!parsed.ok) throw new Error(parsed.why);
    return parsed.key;
  }

  /** A log of its own for each case. */
  fresh(options = {}): AnchoredLog {
    return new AnchoredLog(`${gateway(this.#used++)}/0`, options);
  }

  /** A gateway whose key is known from epoch 1 on, and for later epochs. */
  at(epoch: number): AnchoredLog {
    return new AnchoredLog(`${gateway(99)}/${epoch}`);
  }

  ask(request: AnchorRequest, key = this.key): Promise<Cosigned> {
    const asked = httpWitness({ ...nodePrimitives, url: this.running.url, key, timeoutMs: 5000 });
    return asked(request, new AbortController().signal);
  }

  /** The call as it stands on the wire. */
  async post(body: string | Uint8Array, path = 'add-checkpoint', method = 'POST') {
    const init = method === 'GET' ? { method } : { method, body: Buffer.from(body) };
    const response = await fetch(new URL(path, this.running.url), init);
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.[Symbol.asyncDispose]();
    this.site[Symbol.dispose]();
  }
}
