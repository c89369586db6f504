import type { Arrival, Refusal } from '../../domain/device.ts';
import type { DeviceErrorCode } from '../../domain/errors.ts';
import type { Reading } from '../../domain/reading.ts';
import { decrypt, encrypt } from './cipher.ts';
import {
  decodeContent,
  decodeEnvelope,
  encodeContent,
  encodeEnvelope,
  type Content,
  type Envelope,
} from './codec.ts';
import { encodeFrame, type Heard } from './frame.ts';
import { Panel, type Said } from './panel.ts';
import { readContactId, readSia, type PanelEvent } from './panel-event.ts';
import type { Settings } from './settings.ts';

/** What a frame brings, and what is answered once that is on disk; null for nothing. */
export type Taken = { readonly arrival: Arrival; readonly answer: Uint8Array | null };

/** Reads the events of each kind of message; null when the data is no such text. */
const READERS: ReadonlyMap<string, (data: string, account: string) => readonly PanelEvent[] | null> = new Map(
  [
    [
      'ADM-CID',
      (data: string, account: string): readonly PanelEvent[] | null => {
        const event = readContactId(data, account);
        return event === null ? null : [event];
      },
    ],
    ['SIA-DCS', readSia],
  ],
);

/** A message that may not count: who it would be from, why, and the answer. */
type Objection = { readonly code: DeviceErrorCode; readonly detail: string; readonly answer: 'DUH' | 'NAK' };

/** Judges frames: who sent them, whether they may count, what they say and what is answered. */
export class Receiver {
  readonly #id: string;
  readonly #windowMs: number;
  readonly #panels: ReadonlyMap<string, Panel>;
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #now: () => number;

  /**
   * @param panels by account
   * @param keys by account, of the panels that must encrypt
   * @param now evidence time, ms
   */
  constructor(
    { id, window }: Pick<Settings, 'id' | 'window'>,
    panels: ReadonlyMap<string, Panel>,
    keys: ReadonlyMap<string, Uint8Array>,
    now: () => number,
  ) {
    this.#id = id;
    this.#windowMs = window;
    this.#panels = panels;
    this.#keys = keys;
    this.#now = now;
  }

  /**
   * A frame whose checksum is wrong gets no answer: the panel sends it again.
   * @param now monotonic time, ms
   */
  take(heard: Heard, now: number): Taken {
    if (!heard.ok) return refused({ device: this.#id, stream: null, code: heard.code, detail: heard.detail });
    const envelope = decodeEnvelope(heard.body);
    if (envelope === null) {
      const detail = `${JSON.stringify(heard.body.slice(0, 60))} is no message`;
      return refused({ device: this.#id, stream: null, code: 'MALFORMED', detail });
    }
    const panel = this.#panels.get(envelope.account);
    if (panel === undefined) {
      const detail = `account ${envelope.account} is none of the panels`;
      return this.#object(envelope, this.#id, { code: 'REFUSED', detail, answer: 'DUH' });
    }
    const content = this.#read(envelope);
    if ('answer' in content) return this.#object(envelope, panel.settings.id, content);
    const said = this.#understand(envelope, content, panel, now);
    if ('answer' in said) return this.#object(envelope, panel.settings.id, said);
    return { arrival: said, answer: this.#acknowledge(envelope) };
  }

  #read(envelope: Envelope): Content | Objection {
    const key = this.#keys.get(envelope.account);
    if ((key !== undefined) !== envelope.isEncrypted) {
      const detail = envelope.isEncrypted
        ? 'an encrypted message, and no secret is configured for the panel'
        : 'a message that is not encrypted, though the panel has a secret';
      return { code: 'REFUSED', detail, answer: 'DUH' };
    }
    const text = key === undefined ? envelope.rest : decrypt(envelope.rest, key);
    const content = text === null ? null : decodeContent(text);
    if (content === null) {
      return key === undefined
        ? { code: 'MALFORMED', detail: `content ${shown(envelope.rest)}`, answer: 'DUH' }
        : { code: 'REFUSED', detail: 'a message that the secret does not decrypt', answer: 'DUH' };
    }
    if (key === undefined) return content;
    const off = content.time === null ? null : content.time - this.#now();
    if (off !== null && Math.abs(off) <= this.#windowMs) return content;
    const detail = off === null ? 'no time stamp' : `a time stamp ${Math.round(off / 1000)} s from now`;
    return { code: 'REFUSED', detail: `an encrypted message with ${detail}`, answer: 'NAK' };
  }

  #understand(
    { id, account, sequence }: Envelope,
    content: Content,
    panel: Panel,
    now: number,
  ): Said | Objection {
    if (id === 'NULL') return panel.live(now);
    const reader = READERS.get(id);
    if (reader === undefined) {
      return { code: 'REFUSED', detail: `messages of kind ${id} are not understood`, answer: 'DUH' };
    }
    const events = reader(content.data, account);
    if (events !== null) return panel.report(events, sequence, content, this.#now(), now);
    return { code: 'MALFORMED', detail: `data ${shown(content.data)} of ${id}`, answer: 'DUH' };
  }

  #acknowledge(envelope: Envelope): Uint8Array {
    const key = this.#keys.get(envelope.account);
    if (key === undefined) return answer(envelope, 'ACK', false, encodeContent({ data: '', time: null }));
    const content = encodeContent({ data: '', time: this.#now() });
    return answer(envelope, 'ACK', true, encrypt(content, key));
  }

  #object(envelope: Envelope, device: string, { code, detail, answer: id }: Objection): Taken {
    const time = id === 'NAK' ? this.#now() : null;
    return {
      ...refused({ device, stream: null, code, detail }),
      answer: answer(envelope, id, false, encodeContent({ data: '', time })),
    };
  }
}

function answer(to: Envelope, id: string, isEncrypted: boolean, rest: string): Uint8Array {
  return encodeFrame(encodeEnvelope({ ...to, id, isEncrypted, rest }));
}

function refused(refusal: Refusal): Taken {
  const readings: readonly Reading[] = [];
  return { arrival: { readings, refusals: [refusal] }, answer: null };
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
