import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { hexOf } from '../src/anchoring/hex.ts';
import { sha256 } from '../src/anchoring/key-possession.ts';
import { secp256k1Key } from '../src/anchoring/secp256k1-key.ts';
import { runCommand } from '../src/cli/program.ts';
import { utf8 } from '../src/evidence/encodings.ts';
import { ANVIL_CHAIN_ID, ANVIL_SECRETS, type Anvil, startAnvil } from './anvil.ts';

export type Answer = { readonly code: number | null; readonly out: string; readonly err: string };

/** Runs a command to its end. */
export type CommandLine = (...args: readonly string[]) => Promise<Answer>;

/** The command line in this process, which is quick. */
const bailee: CommandLine = async (...args) => {
  const said = { out: '', err: '' };
  const into = (name: 'out' | 'err'): Writable =>
    new Writable({
      write: (chunk, _encoding, written) => {
        said[name] += String(chunk);
        written();
      },
    });
  const { signal } = new AbortController();
  const streams = { stdin: process.stdin, stdout: into('out'), stderr: into('err') };
  const code = await runCommand(args, { env: { LANG: 'C.UTF-8' }, signal, ...streams });
  return { code, ...said };
};

/** A consortium whose people have key files and the command line, on a real node with both contracts. */
export class ReceiptDesk implements AsyncDisposable {
  readonly anvil: Anvil;
  readonly folder = mkdtempSync(join(tmpdir(), 'bailee-receipts-'));
  readonly node: readonly string[];
  anchorLog = '';
  registry = '';

  readonly bailee: CommandLine;

  private constructor(anvil: Anvil, commandLine: CommandLine) {
    this.anvil = anvil;
    this.bailee = commandLine;
    const chain = ['--chain-id', String(ANVIL_CHAIN_ID)];
    this.node = ['--url', anvil.url, ...chain];
    writeFileSync(join(this.folder, 'admin.key'), ANVIL_SECRETS[0], { mode: 0o600 });
    writeFileSync(join(this.folder, 'receipt.pdf'), 'on paper');
  }

  /** @param roles by person, whose key and money come with it */
  static async open(
    roles: Readonly<Record<string, string>>,
    commandLine: CommandLine = bailee,
  ): Promise<ReceiptDesk> {
    const desk = new ReceiptDesk(await startAnvil(), commandLine);
    const admin = ['--account-key', desk.keyFile('admin')];
    desk.anchorLog = done(await bailee('ledger', 'deploy', ...desk.node, ...admin));
    const place = [...desk.node, '--finality', 'instant'];
    desk.registry = done(
      await bailee('receipts', 'deploy', ...place, '--contract', desk.anchorLog, ...admin),
    );
    for (const [person, role] of Object.entries(roles))
      done(await desk.#grant(role, await desk.person(person), admin));
    return desk;
  }

  #grant(role: string, to: string, admin: readonly string[]): Promise<Answer> {
    const place = [...this.node, '--finality', 'instant', '--registry', this.registry];
    return bailee('receipts', 'grant', '--role', role, '--to', to, ...place, ...admin);
  }

  keyFile(person: string): string {
    return `file:${join(this.folder, `${person}.key`)}`;
  }

  /** Gives somebody a key and money; answers with the address. */
  async person(name: string): Promise<string> {
    const secret = sha256(utf8(`the ${name} of a consortium`));
    writeFileSync(join(this.folder, `${name}.key`), hexOf(secret), { mode: 0o600 });
    const { address } = secp256k1Key(secret);
    await this.anvil.rpc('anvil_setBalance', address, '0x56bc75e2d63100000');
    return address;
  }

  /** `bailee receipts …` with somebody's key. */
  as(person: string, ...args: readonly string[]): Promise<Answer> {
    return this.run(...args, '--account-key', this.keyFile(person));
  }

  /** `bailee receipts …` where no key is needed. */
  run(...args: readonly string[]): Promise<Answer> {
    const place = ['--finality', 'instant', '--registry', this.registry];
    return this.bailee('receipts', ...args, ...this.node, ...place);
  }

  /** What it costs to be refused: nothing, so this does not change. */
  async purse(address: string): Promise<string> {
    const sent = await this.anvil.rpc<string>('eth_getTransactionCount', address, 'latest');
    return `${sent} ${await this.anvil.rpc<string>('eth_getBalance', address, 'latest')}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.anvil.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What it said. @throws Error where it did not do it */
export function done({ code, out, err }: Answer): string {
  if (code !== 0) throw new Error(`exit ${code}: ${err}`);
  return out.trim();
}
