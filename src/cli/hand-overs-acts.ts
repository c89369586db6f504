import { Option, type Command } from 'commander';
import { handOverMessage, type Hand } from '../domain/goods/hand-over.ts';
import { command } from './command.ts';
import type { Context } from './context.ts';
import { UsageError } from './failure.ts';
import { GatewayCall } from './gateway-call.ts';
import { named, pathOf, reasoned, type HandOverOptions } from './hand-overs-options.ts';
import { readInput } from './inputs.ts';

type SignOptions = HandOverOptions & { readonly as: Hand; readonly keyFile: string };
type ObjectOptions = HandOverOptions & {
  readonly by: string;
  readonly code: string;
  readonly note: string;
  readonly picture?: readonly string[];
};

export function signCommand(context: Context): Command {
  const made = command(context, 'sign', {
    summary: {
      en: 'sign as one hand with a key of your own; the key does not leave this machine',
      zh: '以自持密钥代表一方签名；密钥不离开本机',
    },
    more: {
      en: 'What is signed is the hash of the terms that are shown: an answer of the gateway whose hash differs is not signed.',
      zh: '所签为所示条款的哈希；若网关答复的哈希不符，则不签名。',
    },
    examples: [
      'bailee hand-overs sign HO-2026-17 --as taker --key-file store.pem --reason "counted" --config gateway.yaml',
    ],
  })
    .addOption(
      new Option(
        '--as <hand>',
        context.say({ en: 'giver or taker', zh: 'giver（交出方）或 taker（接收方）' }),
      )
        .choices(['giver', 'taker'])
        .makeOptionMandatory(),
    )
    .requiredOption(
      '--key-file <file>',
      context.say({ en: 'Ed25519 private key, PEM', zh: 'Ed25519 私钥（PEM）' }),
    );
  return reasoned(named(made, context), context).action(async (id: string, options: SignOptions) => {
    const gateway = await GatewayCall.of(options, context);
    const { readTermsText } = await import('./hand-overs-answer.ts');
    const one = readTermsText(await gateway.get(pathOf(id)));
    const { sha256 } = await import('../gateway/site/primitives.ts');
    const digest = sha256(new TextEncoder().encode(one.text));
    if (Buffer.from(digest).toString('hex') !== one.sha256)
      throw new UsageError(`the terms that are shown do not have the hash ${one.sha256}`);
    const signed = await signedWith(options.keyFile, handOverMessage(digest, options.as));
    await gateway.post(`${pathOf(id)}/signatures`, { by: options.as, ...signed, reason: options.reason });
    onRecord(context, options, `${id} ${options.as} ${signed.key}`);
  });
}

/** @throws UsageError for a file that holds no Ed25519 private key */
async function signedWith(
  file: string,
  message: Uint8Array,
): Promise<{ readonly key: string; readonly signature: string }> {
  const { createPrivateKey, createPublicKey, sign } = await import('node:crypto');
  const secret = (() => {
    try {
      return createPrivateKey(Buffer.from(readInput(file)));
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      throw new UsageError(`${file} holds no private key`);
    }
  })();
  if (secret.asymmetricKeyType !== 'ed25519')
    throw new UsageError(`${file} holds a key of ${String(secret.asymmetricKeyType)}, not of ed25519`);
  const key = createPublicKey(secret).export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
  return { key, signature: sign(null, message, secret).toString('hex') };
}

export function objectCommand(context: Context): Command {
  const made = command(context, 'object', {
    summary: {
      en: 'object: the hand-over is disputed, and what was measured around it is kept',
      zh: '提出异议：交接转为有争议，其前后的测量记录予以保全',
    },
    examples: [
      'bailee hand-overs object HO-2026-17 --by store-7 --code warm --note "9 °C inside" --reason "at the dock" --config gateway.yaml',
    ],
  })
    .requiredOption('--by <party>', context.say({ en: 'the party that objects', zh: '提出异议的一方' }))
    .requiredOption('--code <word>', context.say({ en: 'what is wrong, in a word', zh: '问题代码' }))
    .requiredOption('--note <text>', context.say({ en: 'what is wrong', zh: '问题说明' }))
    .option(
      '--picture <sha256...>',
      context.say({ en: 'SHA-256 of a picture on record', zh: '在册图片的 SHA-256' }),
    );
  return reasoned(named(made, context), context).action(async (id: string, options: ObjectOptions) => {
    const { by, code, note, picture: pictures = [], reason } = options;
    const gateway = await GatewayCall.of(options, context);
    await gateway.post(`${pathOf(id)}/exceptions`, { by, code, note, pictures, reason });
    onRecord(context, options, `${id} ${code}`);
  });
}

export function settleCommand(context: Context): Command {
  const made = command(context, 'settle', {
    summary: { en: 'the objections are settled; a supervisor’s', zh: '异议已处理（主管）' },
    examples: ['bailee hand-overs settle HO-2026-17 --reason "price reduced" --config gateway.yaml'],
  });
  return reasoned(named(made, context), context).action(async (id: string, options: HandOverOptions) => {
    const gateway = await GatewayCall.of(options, context);
    await gateway.post(`${pathOf(id)}/settle`, { reason: options.reason });
    onRecord(context, options, id);
  });
}

/** Whose keys sign for whom. */
export function trustCommands(context: Context): Command[] {
  return [true, false].map((trusted) => {
    const name = trusted ? 'trust' : 'distrust';
    const made = command(context, name, {
      summary: trusted
        ? {
            en: 'a key signs for a party from now on; a supervisor’s',
            zh: '自此该密钥可代表某方签名（主管）',
          }
        : { en: 'a key signs for a party no more; a supervisor’s', zh: '该密钥不再代表某方签名（主管）' },
      examples: [
        `bailee hand-overs ${name} store-7 9f…64 digits… --reason "showed his card" --config gateway.yaml`,
      ],
    })
      .argument('<party>', context.say({ en: 'the party', zh: '当事方' }))
      .argument(
        '<key>',
        context.say({ en: 'Ed25519 public key, 64 digits', zh: 'Ed25519 公钥，64 位十六进制' }),
      );
    return reasoned(made, context).action(async (party: string, key: string, options: HandOverOptions) => {
      const gateway = await GatewayCall.of(options, context);
      await gateway.post(`parties/${encodeURIComponent(party)}/keys`, {
        key,
        trusted,
        reason: options.reason,
      });
      onRecord(context, options, `${party} ${key}`);
    });
  });
}

function onRecord(context: Context, { json }: HandOverOptions, what: string): void {
  if (json === true) context.json({ ok: true });
  else context.out(`${context.say({ en: 'On record', zh: '已记录' })}: ${what}`);
}
