import { createHash } from 'node:crypto';
import type { BlobNote, CommandOrderTo, Sink } from '../../domain/device.ts';
import { DeviceError } from '../../domain/errors.ts';
import { Quality } from '../../domain/reading.ts';
import type { StreamId } from '../../domain/stream.ts';
import type { DeviceEnv } from '../port.ts';
import type { CameraClient } from './client.ts';
import { FrozenPicture } from './frozen.ts';
import { FROZEN, type Settings } from './settings.ts';

/** The verb by which a camera takes a picture. */
export const SNAPSHOT = 'snapshot';

/** Fetches pictures of one camera: for an order, to be kept; or only to see whether they change. */
export class Pictures {
  readonly #settings: Settings;
  readonly #client: () => Promise<CameraClient>;
  readonly #env: DeviceEnv;
  readonly #frozen = new FrozenPicture();
  #url: URL | null = null;

  constructor(settings: Settings, client: () => Promise<CameraClient>, env: DeviceEnv) {
    this.#settings = settings;
    this.#client = client;
    this.#env = env;
  }

  /**
   * Fetches a picture and keeps it. Resolves when the record that bears its hash is durable.
   * @throws DeviceError
   */
  async takeFor(order: CommandOrderTo, sink: Sink, signal: AbortSignal): Promise<void> {
    const { keep, now } = this.#env;
    if (keep === undefined) throw new DeviceError('REFUSED', 'pictures are not kept here');
    const askedAt = now();
    if (askedAt > order.expiresAt) {
      throw new DeviceError('REFUSED', `order ${order.id} expired ${askedAt - order.expiresAt} ms ago`);
    }
    const bytes = await this.#fetch(signal);
    const sha256 = await keep(bytes);
    signal.throwIfAborted();
    const source = this.#settings.id;
    const blob: BlobNote = { sha256, size: bytes.length, mediaType: 'image/jpeg', source, sourceAt: askedAt };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => reject(new DeviceError('TIMEOUT', 'not recorded in time')), {
      once: true,
    });
    sink({ readings: [], blobs: [blob], committed: resolve });
    await promise;
  }

  /** Looks whether pictures change, and tells. */
  async look(sink: Sink, signal: AbortSignal): Promise<void> {
    const stream: StreamId = `${this.#settings.id}/${FROZEN}`;
    try {
      const bytes = await this.#fetch(signal);
      const v = this.#frozen.take(createHash('sha256').update(bytes).digest('hex'));
      if (v !== null) sink({ readings: [{ stream, v, q: Quality.good }] });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof DeviceError)) throw error;
      const { code, message: detail } = error;
      const refusals = [{ device: this.#settings.id, stream, code, detail }];
      sink({ readings: [{ stream, v: null, q: Quality.good }], refusals });
    }
  }

  /** Where pictures are is asked once, and again after a failure. */
  async #fetch(signal: AbortSignal): Promise<Uint8Array> {
    const { profile, 'picture-url': fixed } = this.#settings;
    try {
      const client = await this.#client();
      this.#url ??= fixed ?? (await client.pictureUrl(profile ?? null, signal));
      return await client.picture(this.#url, signal);
    } catch (error) {
      this.#url = null;
      throw error;
    }
  }
}
