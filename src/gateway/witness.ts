import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { seedSigner } from '../anchoring/signer.ts';
import { Cosigner, type Answer, type WitnessStore } from '../anchoring/witness/cosigner.ts';
import { TrustedLogs } from '../anchoring/witness/trusted-logs.ts';
import { listenAsWitness } from '../anchoring/witness/witness-server.ts';
import { openWitnessStore, type SqliteWitnessStore } from '../buffer/witness-store.ts';
import type { WitnessConfiguration } from '../config/configuration.ts';
import { SecretStore, type Credentials } from '../config/secret.ts';
import { ConfigError, StorageError } from '../domain/errors.ts';
import { formatNoteKey, noteKey, parseNoteKey } from '../evidence/note-key.ts';
import type { NoteSigner } from '../evidence/note.ts';
import { addressProblem } from './site/faces.ts';
import { keepFraud } from './heads/fraud-files.ts';
import { sha256, verifyEd25519 } from './site/primitives.ts';

/** A running witness; disposing it answers what has arrived and closes. */
export type RunningWitness = AsyncDisposable & { readonly url: string; readonly vkey: string };

const NAME = 'name';
const SEED = 'seed';

/**
 * Opens a witness: its state first, then its key, last its address.
 * @param onFatal told once when it cannot remember any more; it must then be disposed
 * @throws ConfigError, StorageError
 */
export async function openWitness(
  configuration: WitnessConfiguration,
  world: {
    readonly log: Logger;
    readonly credentials: Credentials;
    readonly onFatal: (error: unknown) => void;
  },
): Promise<RunningWitness> {
  await using opening = new AsyncDisposableStack();
  const { log, onFatal } = world;
  const { state, name, file, listen } = configuration;
  const store = opening.use(openWitnessStore(state));
  const signer = signerOf(store, name);
  const cosigner = new Cosigner({
    sha256,
    verifyEd25519,
    logs: trustedLogs(configuration),
    store: storeOf(store, state),
    signer,
    now: Date.now,
    onFraud: () => log.error({ state }, 'a log told two histories: see the folder fraud'),
  });
  const secrets = new SecretStore(dirname(file), world.credentials);
  const { tls } = listen;
  let failure: { readonly error: unknown } | null = null;
  const server = opening.use(
    await listenAsWitness({
      host: listen.host,
      port: listen.port,
      tls:
        tls === null
          ? null
          : { certificate: readFileSync(tls.certificate, 'utf8'), key: secrets.read(tls.key).reveal() },
      answer: (body) => {
        if (failure !== null) throw failure.error;
        return cosigner.answer(body);
      },
      head: (origin) => store.head(origin)?.note ?? null,
      onAnswer: (answer) => tell(log, answer),
      onError: (error) => {
        if (failure !== null) return;
        failure = { error };
        onFatal(error);
      },
    }).catch((error: unknown) => {
      throw addressProblem(error, listen);
    }),
  );
  const vkey = formatNoteKey(signer.key);
  log.info({ url: server.url, vkey, logs: configuration.logs.length }, 'witness open');
  const running = opening.move();
  return { url: server.url, vkey, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** The verifier key of a witness; its key is made where there is none. @throws ConfigError, StorageError */
export function witnessKey({ state, name }: WitnessConfiguration): string {
  using store = openWitnessStore(state);
  return formatNoteKey(signerOf(store, name).key);
}

/**
 * The key of this state, made at the first start. It lies in one file with what it cosigned, so that
 * neither is lost or restored without the other. @throws ConfigError when the key has another name
 */
function signerOf(store: SqliteWitnessStore, name: string): NoteSigner {
  if (store.meta(NAME) === null) store.putMeta({ [NAME]: name, [SEED]: randomBytes(32).toString('base64') });
  const kept = store.meta(NAME);
  if (kept !== name) {
    throw new ConfigError([
      { path: ['name'], message: `must be ${kept ?? ''}, as the key of its state is known`, found: name },
    ]);
  }
  const seed = Buffer.from(store.meta(SEED) ?? '', 'base64');
  if (seed.length !== 32) throw new StorageError('CORRUPT', `the state holds ${seed.length} bytes, no key`);
  const signer = seedSigner(seed);
  return {
    key: noteKey(sha256, name, 'cosignature', signer.publicKey),
    sign: (message) => signer.sign(message),
  };
}

function trustedLogs({ logs }: WitnessConfiguration): TrustedLogs {
  return new TrustedLogs(
    sha256,
    logs.map(({ key, laterEpochs }) => {
      const parsed = parseNoteKey(sha256, key);
      if (!parsed.ok) throw new Error(`an unchecked key ${parsed.why}`);
      return { key: parsed.key, laterEpochs };
    }),
  );
}

function storeOf(store: SqliteWitnessStore, state: string): WitnessStore {
  return {
    head: (origin) => store.head(origin),
    newestEpoch: (gateway) => store.newestEpoch(gateway),
    advance: (to, fromSize) => store.advance(to, fromSize),
    keepFraud: (fraud) => void keepFraud(state, fraud),
  };
}

/** What a stranger can cause at will does not fill the log. */
function tell(log: Logger, answer: Answer): void {
  if (answer.status === 200) log.info({ origin: answer.origin, size: answer.size }, 'cosigned');
  else if (answer.status === 422) log.warn({ why: answer.why }, 'not cosigned');
  else log.debug({ status: answer.status, why: answer.why }, 'not cosigned');
}
