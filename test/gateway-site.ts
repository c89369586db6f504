import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with a configuration in it and room for the data directory; gone when disposed. */
export type Site = Disposable & {
  readonly folder: string;
  readonly file: string;
  readonly data: string;
  /** Changes the configuration as somebody with an editor. */
  edit(change: (text: string) => string): void;
};

export type SiteText = {
  /** YAML of the list under `devices:`. */
  readonly devices: string;
  /** Ids of the zones; cold-1 alone when left out. */
  readonly zones?: readonly string[];
  /** YAML of the one rule file; none without. */
  readonly rules?: string;
  /** More sections of the configuration, e.g. `notify:` or `ledger:`. */
  readonly more?: string;
  /** How long a block takes; whole seconds. */
  readonly block?: string;
  /** Secrets and profiles beside the configuration. */
  readonly files?: Readonly<Record<string, string>>;
};

/** Writes a configuration as an installer would, on free ports. */
export function writeSite(text: SiteText): Site {
  const { devices, zones = ['cold-1'], rules, more = '', block = '600s', files = {} } = text;
  const folder = mkdtempSync(join(tmpdir(), 'bailee-scenario-'));
  mkdirSync(join(folder, 'rules'));
  mkdirSync(join(folder, 'profiles'));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  }
  if (rules !== undefined) writeFileSync(join(folder, 'rules/site.yaml'), rules);
  const file = join(folder, 'gateway.yaml');
  writeFileSync(
    file,
    `gateway: { id: 'b0b1b2b3b4b5b6b7', domain: scenario.example, name: { en: Cold store 3, zh: 三号冷库 } }
data: data
listen: { host: 127.0.0.1, port: 0 }
evidence: { block: ${block}, clock: { source: ntp, error: 500ms } }
zones: [${zones.map((id) => `{ id: ${id} }`).join(', ')}]
devices:
${devices}
rules: [${rules === undefined ? '' : 'rules/site.yaml'}]
${more}`,
  );
  return {
    folder,
    file,
    data: join(folder, 'data'),
    edit: (change) => writeFileSync(file, change(readFileSync(file, 'utf8'))),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
