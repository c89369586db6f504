import { parseArgs } from 'node:util';
import { benchEpc } from './epc.ts';
import { benchExport } from './export.ts';
import { lineOf, isMet, ratioOf, type PartResult } from './figures.ts';
import { benchGate } from './gate.ts';
import { benchGoods } from './goods.ts';
import { benchLeaf } from './leaf.ts';
import { benchLlrp } from './llrp.ts';
import { machineFacts } from './machine.ts';
import { benchMqtt } from './mqtt.ts';
import { benchRules } from './rules.ts';
import { benchSeal } from './seal.ts';
import { benchVerify50 } from './verify-50.ts';
import { benchVerify } from './verify.ts';

/** The small parts first: while they run, nothing else of ours does. */
const PARTS: Readonly<Record<string, (quick: boolean) => PartResult | Promise<PartResult>>> = {
  leaf: benchLeaf,
  llrp: benchLlrp,
  rules: benchRules,
  epc: benchEpc,
  seal: benchSeal,
  verify: benchVerify,
  'verify-50': benchVerify50,
  goods: benchGoods,
  gate: benchGate,
  export: benchExport,
  mqtt: benchMqtt,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  process.stderr.write(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}\n`);
  process.exit(64);
}

const facts = machineFacts();
if (!values.json) process.stdout.write(`${JSON.stringify(facts)}\n`);
const results: PartResult[] = [];
for (const [name, run] of Object.entries(PARTS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const result = await run(values.quick);
  results.push(result);
  if (values.json) continue;
  const lines = [...result.figures.map(lineOf), ...result.notes.map((note) => `  (${note})`)];
  process.stdout.write(`\n${name}\n${lines.join('\n')}\n`);
}
if (values.json) {
  const parts = results.map(({ part, figures, notes }) => {
    return { part, notes, figures: figures.map((f) => ({ ...f, ratio: ratioOf(f), met: isMet(f) })) };
  });
  process.stdout.write(`${JSON.stringify({ machine: facts, quick: values.quick, parts }, null, 2)}\n`);
}
