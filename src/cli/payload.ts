import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { placed } from '../config/problems.ts';
import { readSource, type Source } from '../config/source.ts';
import type { SampleTrial } from '../devices/sample.ts';
import { ConfigError, ExitCode } from '../domain/errors.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { UsageError } from './failure.ts';
import { moment, readInput } from './inputs.ts';

type Options = {
  readonly map: string;
  readonly topic?: string;
  readonly address?: string;
  readonly received?: string;
  readonly block?: string;
  readonly json?: boolean;
};

export function payloadCommand(context: Context): Command {
  const made = command(context, 'payload', {
    summary: {
      en: 'try a payload map or register map on a sample from the device',
      zh: '用设备的样例报文试验数据映射或寄存器映射',
    },
    more: {
      en: `Shows which stream gets which value, with unit, quality and the device's own time, what of the sample the map does not use, and
each thing that was not taken with its place in the map. MAP is a file, or the name of a map that ships. For a payload map (driver: mqtt)
SAMPLE is a file with one message as it was published; topics and addresses are taken from --topic where the map has them. For a
register map it is a file, or the text itself: frames in hexadecimal ("01 04 04 01 31 02 22 2A CE", RTU or TCP), or registers as
"FUNCTION ADDRESS: VALUE VALUE". "-" is standard input. Exit 0: all of it is taken; 1: something is not; 64: more must be said; 78: the
map itself is wrong.`,
      zh: `显示每个数据流得到的数值、单位、质量和设备自带时间，样例中未被使用的内容，以及未被接收的部分及其在映射中的位置。
MAP 是文件，或自带映射的名称。对于报文映射（driver: mqtt），SAMPLE 是存有一条原始报文的文件；映射中的主题和地址取自 --topic。
对于寄存器映射，SAMPLE 是文件或文本本身：十六进制帧（“01 04 04 01 31 02 22 2A CE”，RTU 或 TCP），或
“功能码 地址: 数值 数值”形式的寄存器。“-”表示标准输入。退出码 0：全部接收；1：有内容未被接收；64：需要补充说明；78：映射本身有误。`,
    },
    examples: [
      'bailee payload --map my-sensor.yaml message.json',
      'bailee payload --map my-sensor.yaml --topic site/cold-1 --received 2026-01-31T08:00:00+08:00 message.json',
      'bailee payload --map chirpstack-v4-em300-th --topic application/1/device/24e124136b502217/event/up up.json --json',
      "bailee payload --map xy-md02 '01 04 04 01 31 02 22 2A CE'",
      "bailee payload --map my-meter.yaml '4 0x0000: 0x4366 0x3334'",
      'mosquitto_sub -t site/cold-1 -C 1 | bailee payload --map my-sensor.yaml -',
    ],
  });
  return withJson(made, context)
    .argument(
      '<sample>',
      context.say({ en: 'file with the sample, "-", or frames', zh: '样例文件、“-”或十六进制帧' }),
    )
    .requiredOption(
      '--map <map>',
      context.say({ en: 'the map: a file, or the name of one that ships', zh: '映射：文件或自带映射的名称' }),
    )
    .option('--topic <topic>', context.say({ en: 'topic on which the message came', zh: '报文所在的主题' }))
    .option(
      '--address <address>',
      context.say({ en: "what stands for the map's {address}", zh: '映射中 {address} 所代表的设备地址' }),
    )
    .option(
      '--received <time>',
      context.say({ en: 'when the message came (now)', zh: '报文到达的时间（默认现在）' }),
    )
    .option(
      '--block <block>',
      context.say({ en: 'block of the register map that a frame answers', zh: '应答帧对应的寄存器块' }),
    )
    .action((sample: string, options: Options) => payload(context, sample, options));
}

async function payload(context: Context, sample: string, options: Options): Promise<void> {
  const source = await mapOf(options.map);
  const trial = await tryOn(source, await sampleOf(context, source.value, sample), options);
  if (trial.kind === 'ask') throw new UsageError(trial.question);
  if (trial.kind === 'map') throw new ConfigError(trial.problems.map((p) => placed(source, p)));
  const { answerOf, describeSample } = await import('./payload-answer.ts');
  const answer = answerOf(trial.sample, source, existsSync(sample) ? sample : 'sample');
  if (!answer.ok) context.exitCode = ExitCode.difference;
  if (options.json === true) context.json(answer);
  else context.out(describeSample(answer, trial.sample, context));
}

/** A file, else a map that ships. @throws ConfigError */
async function mapOf(named: string): Promise<Source> {
  const { shipped } = await import('../gateway/site/site.ts');
  const ships = join(shipped('profiles'), `${named}.yaml`);
  const read = readSource(!existsSync(named) && /^[\w.-]+$/.test(named) && existsSync(ships) ? ships : named);
  if (!read.ok) throw new ConfigError(read.problems);
  return read.value;
}

/** The bytes of the sample; what is neither file nor "-" is the sample itself. @throws StorageError IO */
async function sampleOf(context: Context, map: unknown, sample: string): Promise<Uint8Array> {
  if (sample === '-') {
    const chunks: Buffer[] = [];
    for await (const chunk of context.world.stdin) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  }
  const isText = !existsSync(sample) && (isPayloadMap(map) ? /^\s*[[{]/ : /[\s:,]/).test(sample);
  return isText ? Buffer.from(sample) : readInput(sample);
}

async function tryOn(source: Source, bytes: Uint8Array, options: Options): Promise<SampleTrial> {
  const { topic = null, address = null, received, block } = options;
  if (isPayloadMap(source.value)) {
    if (block !== undefined) throw new UsageError('--block is for register maps; this one is for messages');
    if (topic !== null && /[+#]/.test(topic))
      throw new UsageError(`--topic ${topic}: say the topic of this message, without + and #`);
    const { tryMessage } = await import('../devices/mqtt/sample.ts');
    const now = Date.now();
    const receivedAt = received === undefined ? now : moment(received, now);
    return tryMessage(source.value, { payload: withoutNewline(bytes), topic, address, receivedAt });
  }
  const others = { '--topic': topic, '--address': address, '--received': received ?? null };
  for (const [option, value] of Object.entries(others)) {
    if (value !== null) throw new UsageError(`${option} is for payload maps; this map is for registers`);
  }
  const { tryRegisters } = await import('../devices/modbus/sample.ts');
  return tryRegisters(source.value, new TextDecoder().decode(bytes), block ?? null);
}

function isPayloadMap(map: unknown): boolean {
  return typeof map === 'object' && map !== null && ('driver' in map || 'messages' in map);
}

/** An editor ends a file with a line break that nobody published: `Online` is a whole payload. */
function withoutNewline(bytes: Uint8Array): Uint8Array {
  const end = bytes.at(-1) === 10 ? (bytes.at(-2) === 13 ? -2 : -1) : bytes.length;
  return bytes.subarray(0, end);
}
