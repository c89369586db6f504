import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as z from 'zod';
import type { Text } from '../../domain/alarm.ts';
import { shown } from '../inputs.ts';
import { QUORUM } from './witnesses.ts';

/** One command that a reader may copy; `into` is the file its output goes to. */
export type ProofCommand = {
  readonly says: Text;
  readonly args: readonly string[];
  readonly into?: string;
  /** What is not as it must be, in words; null when all is. */
  readonly objection: (ended: Ended) => string | null;
};

type Ended = { readonly code: number | null; readonly out: string; readonly complaint: string };

export type Proof = {
  /** Data directory, as it is named on the command line. */
  readonly data: string;
  readonly stream: string;
  readonly from: number;
  readonly to: number;
  readonly url: string;
};

const verdictShape = z.looseObject({
  evidence: z.string(),
  answer: z.string(),
  anchors: z.array(z.looseObject({ kind: z.string(), owner: z.string().optional() })),
});

/** How the story is proved, to whom it may concern: what the demo prints, and `--once` carries out. */
export function proofCommands({ data, stream, from, to, url }: Proof): ProofCommand[] {
  const [bundle, policy] = [join(data, 'demo.bundle'), join(data, 'policy.json')];
  return [
    {
      says: {
        en: 'the readings of cold room 1 and their proof, as one file',
        zh: '一号库房的读数及其证明，合为一个文件',
      },
      args: [
        'export',
        ...named({ data, stream, from: shown(from), to: shown(to), min: '2', max: '8', out: bundle }),
        '--events',
      ],
      objection: wants(0),
    },
    {
      says: { en: 'what a verifier needs to know of this gateway', zh: '验证方需要了解的本网关信息' },
      args: ['policy', '--data', data],
      into: policy,
      objection: wants(0),
    },
    {
      says: {
        en: 'needs no network, key or database; says VALID, and that the room was not within 2 to 8 °C',
        zh: '无需网络、密钥或数据库；结论：证据有效，且库温未保持在 2 至 8 °C',
      },
      args: ['verify', bundle, '--policy', policy],
      objection: validAndNo,
    },
    {
      says: { en: 'verifies every record, block and signature', zh: '核验全部记录、区块与签名' },
      args: ['audit', '--data', data],
      objection: wants(0),
    },
    {
      says: { en: 'decides everything anew: the same alarms', zh: '重新计算全部决定：报警应相同' },
      args: ['replay', '--data', data],
      objection: wants(0),
    },
    {
      says: { en: 'what the gateway sees now', zh: '网关当前所见' },
      args: ['status', '--data', data, '--url', url],
      // 1: an alarm stands, as it should.
      objection: ({ code, complaint }) => (code === 0 || code === 1 ? null : `exit ${code}: ${complaint}`),
    },
  ];
}

/** The command as a person types it in the folder they are in. */
export function typed(
  { args, into }: ProofCommand,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const program =
    env['npm_lifecycle_event'] === undefined
      ? `node ${relative(process.cwd(), process.argv[1] ?? '')}`
      : 'npm run -s bailee --';
  return [program, ...args.map(quoted), ...(into === undefined ? [] : ['>', quoted(into)])].join(' ');
}

/** Runs a command as another process and gives what is wrong with its answer; null when nothing is. */
export async function carryOut(command: ProofCommand, signal: AbortSignal): Promise<string | null> {
  const { args, into, objection } = command;
  const asked = args[0] === 'verify' ? [...args, '--json'] : args;
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...asked], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let [out, complaint] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (into !== undefined) writeFileSync(into, out);
  const found = objection({ code, out, complaint: complaint.trim() });
  return found === null ? null : `bailee ${args[0] ?? ''}: ${found}`;
}

function named(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}

function wants(wanted: number): ProofCommand['objection'] {
  return ({ code, out, complaint }) => (code === wanted ? null : `exit ${code}: ${complaint} ${out}`.trim());
}

function validAndNo({ code, out, complaint }: Ended): string | null {
  if (code !== 1) return `exit ${code}: ${complaint} ${out}`.trim();
  const { evidence, answer, anchors } = verdictShape.parse(JSON.parse(out));
  const isAnchored = anchors.some((anchor) => anchor.kind === 'ledger');
  const owners = new Set(anchors.map((anchor) => anchor.owner).filter((owner) => owner !== undefined)).size;
  if (evidence === 'valid' && answer === 'no' && isAnchored && owners >= QUORUM) return null;
  const anchored = isAnchored ? 'anchored' : 'no anchor';
  return `evidence ${evidence}, answer ${answer}, ${anchored}, cosigned by ${owners}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
