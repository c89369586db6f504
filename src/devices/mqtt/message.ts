import type { HealthNote, Refusal } from '../../domain/device.ts';
import type { Reading } from '../../domain/reading.ts';
import { parseStrictJson, type ParsedJson } from '../../domain/strict-json.ts';

/** A message as a broker handed it over. Devices that share its topic share the parsed body. */
export class Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The broker kept it from an unknown time ago; availability apart, it says nothing of now. */
  readonly retained: boolean;
  /** Evidence time of arrival, ms. */
  readonly now: number;
  #json: ParsedJson | null = null;
  #text: string | null = null;

  constructor(topic: string, payload: Uint8Array, retained: boolean, now: number) {
    this.topic = topic;
    this.payload = payload;
    this.retained = retained;
    this.now = now;
  }

  get json(): ParsedJson {
    return (this.#json ??= parseStrictJson(this.payload, Number.POSITIVE_INFINITY));
  }

  /** The payload as plain text, for `Online` and `ON`; what is not UTF-8 becomes U+FFFD. */
  get text(): string {
    return (this.#text ??= new TextDecoder().decode(this.payload));
  }
}

/** What a message brings, while the devices of its topic add to it. */
export type Draft = {
  readonly readings: Reading[];
  readonly refusals: Refusal[];
  readonly health: HealthNote[];
};
