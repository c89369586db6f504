import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Template } from 'pkcs11js';
import type { Addon } from '../src/anchoring/pkcs11/addon.ts';

/** SoftHSM: a PKCS #11 token whose chip is a folder. */

const PLACES = ['softhsm', 'x86_64-linux-gnu/softhsm', 'aarch64-linux-gnu/softhsm'];
const found = PLACES.map((place) => `/usr/lib/${place}/libsofthsm2.so`).find((path) => existsSync(path));
export const SOFTHSM = found ?? '';
export const PIN = '2718';

const gap = missing();
export const hasToken = gap === null;
export const ifToken = gap === null ? '' : ` (skipped: ${gap})`;

function missing(): string | null {
  if (SOFTHSM === '' || spawnSync('softhsm2-util', ['--version']).status !== 0)
    return 'softhsm2 is not installed';
  const require = createRequire(import.meta.url);
  try {
    require('pkcs11js');
    return null;
  } catch {
    // Whatever the reason, there is nothing to talk to the token with.
    return 'the native part of pkcs11js is not built';
  }
}

/** Object ids of the key pairs of a new token, and the curves they are on. */
const KEYS = {
  // An ECParameters PrintableString, and two named curves by their OIDs.
  'log-key': { id: 1, mechanism: 0x1055, curve: '130c656477617264733235353139' },
  'ledger-key': { id: 2, mechanism: 0x1040, curve: '06052b8104000a' },
  'p256-key': { id: 3, mechanism: 0x1040, curve: '06082a8648ce3d030107' },
} as const;

export class SoftToken implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'bailee-token-'));
  readonly label: string;
  /** For a process that shall find this token. */
  readonly env: Readonly<Record<string, string>>;
  readonly #chips = join(this.folder, 'chips');
  readonly #away = join(this.folder, 'away');

  constructor(label = 'bailee') {
    this.label = label;
    const file = join(this.folder, 'softhsm2.conf');
    mkdirSync(this.#chips);
    mkdirSync(this.#away);
    writeFileSync(
      file,
      `directories.tokendir = ${this.#chips}\nobjectstore.backend = file\nlog.level = ERROR\n`,
    );
    this.env = { SOFTHSM2_CONF: file };
    process.env['SOFTHSM2_CONF'] = file;
    this.addToken(label);
    this.inside((session, { module, pkcs11 }) => {
      for (const [name, { id, mechanism, curve }] of Object.entries(KEYS)) {
        const both: Template = [
          { type: pkcs11.CKA_LABEL, value: name },
          { type: pkcs11.CKA_ID, value: Buffer.of(id) },
          { type: pkcs11.CKA_TOKEN, value: true },
        ];
        const parameters = { type: pkcs11.CKA_EC_PARAMS, value: Buffer.from(curve, 'hex') };
        const secret = [
          { type: pkcs11.CKA_SIGN, value: true },
          { type: pkcs11.CKA_SENSITIVE, value: true },
        ];
        module.C_GenerateKeyPair(session, { mechanism }, [...both, parameters], [...both, ...secret]);
      }
    });
  }

  addToken(label: string): void {
    const pins = ['--pin', PIN, '--so-pin', '31415926'];
    execFileSync('softhsm2-util', ['--init-token', '--free', '--label', label, ...pins], {
      env: { ...process.env, ...this.env },
      stdio: 'pipe',
    });
  }

  /** Does something to what the token holds, as its owner. */
  inside(
    act: (session: Buffer, use: { module: InstanceType<Addon['PKCS11']>; pkcs11: Addon }) => void,
  ): void {
    const pkcs11: Addon = createRequire(import.meta.url)('pkcs11js');
    const module = new pkcs11.PKCS11();
    module.load(SOFTHSM);
    module.C_Initialize();
    try {
      const [slot] = module.C_GetSlotList(true);
      if (slot === undefined) throw new Error('no token');
      const session = module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
      module.C_Login(session, pkcs11.CKU_USER, PIN);
      act(session, { module, pkcs11 });
    } finally {
      module.C_Finalize();
    }
  }

  /** Pulls the token out of its socket. */
  pull(): void {
    for (const chip of readdirSync(this.#chips)) renameSync(join(this.#chips, chip), join(this.#away, chip));
  }

  plugIn(): void {
    for (const chip of readdirSync(this.#away)) renameSync(join(this.#away, chip), join(this.#chips, chip));
  }

  [Symbol.dispose](): void {
    delete process.env['SOFTHSM2_CONF'];
    rmSync(this.folder, { recursive: true });
  }
}
