import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../domain/errors.ts';
import type { ChainPlace } from '../gateway/heads/receipt-acts.ts';
import type { Secret } from '../config/secret.ts';
import type { Context } from './context.ts';
import { credentialsOfUnit, credentialsToCheck } from './credentials.ts';
import { UsageError } from './failure.ts';
import { address } from './receipts-values.ts';

/** Where the chain is, and what is on it. */
export type PlaceOptions = {
  readonly config?: string;
  readonly url?: string;
  readonly chainId?: string;
  readonly finality?: string;
  readonly registry?: string;
  readonly json?: boolean;
};

/** The chain by a gateway's configuration, or by its parts. */
export function withChain(made: Command, context: Context): Command {
  return made
    .option(
      '--config <file>',
      context.say({ en: 'a gateway’s configuration, for node and chain', zh: '网关配置，取其节点与链' }),
    )
    .option('--url <url>', context.say({ en: 'node of the chain', zh: '链节点地址' }))
    .option('--chain-id <number>', context.say({ en: 'id of the chain', zh: '链 ID' }))
    .option(
      '--finality <how>',
      context.say({
        en: 'when a block is final: tag (the default), instant, or a number of blocks',
        zh: '何时为最终：tag（默认）、instant 或区块数',
      }),
    );
}

export function withRegistry(made: Command, context: Context): Command {
  return withChain(made, context).requiredOption(
    '--registry <address>',
    context.say({ en: 'address of the receipts’ contract', zh: '仓单合约地址' }),
  );
}

export function withAccount(made: Command, context: Context): Command {
  return made.requiredOption(
    '--account-key <reference>',
    context.say({
      en: 'secret key of the account that acts, file:PATH or credential:NAME',
      zh: '执行账户私钥，file:路径 或 credential:名称',
    }),
  );
}

/** @throws UsageError, ConfigError */
export async function chainOf(
  context: Context,
  { config, url, chainId, finality }: PlaceOptions,
): Promise<ChainPlace & { readonly anchorLog: `0x${string}` | null }> {
  if (config === undefined) {
    if (url === undefined || chainId === undefined)
      throw new UsageError('give either --config FILE, or --url and --chain-id');
    if (!/^[1-9]\d{0,14}$/.test(chainId)) throw new UsageError(`"${chainId}" is no chain id`);
    return { url, chainId: Number(chainId), finality: finalityOf(finality ?? 'tag'), anchorLog: null };
  }
  const { loadSite } = await import('../gateway/site/site.ts');
  const site = await loadSite(resolve(config), credentialsToCheck(context.world));
  if (!site.ok) throw new ConfigError(site.problems);
  const { ledger } = site.value;
  if (ledger === null) throw new UsageError(`${resolve(config)} has no ledger`);
  return {
    url: url ?? ledger.url,
    chainId: ledger.chainId,
    finality: finality === undefined ? ledger.finality : finalityOf(finality),
    anchorLog: address(ledger.contract),
  };
}

export async function accountOf(context: Context, reference: string): Promise<Secret> {
  const { SecretStore } = await import('../config/secret.ts');
  return new SecretStore(process.cwd(), credentialsOfUnit(context.world)).read(reference);
}

function finalityOf(text: string): ChainPlace['finality'] {
  if (text === 'tag' || text === 'instant') return text;
  if (/^[1-9]\d{0,2}$/.test(text)) return { depth: Number(text) };
  throw new UsageError(`"${text}" is no finality; write tag, instant or a number of blocks`);
}
