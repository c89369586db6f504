import type { ReceiptShowing } from '../../api/receipt-port.ts';
import type { AnchorStatus } from '../../api/types.ts';
import type { SignedPost } from '../../notify/webhook.ts';
import type { SecretStore } from '../../config/secret.ts';
import type { SqliteJournal } from '../../buffer/journal.ts';
import type { Batching } from '../recording/batching.ts';
import type { Blocks } from '../recording/blocks.ts';
import type { Core } from '../recording/core.ts';
import type { SiteConfiguration } from '../site/site.ts';
import type { World } from '../site/world.ts';

export type ReceiptsParts = {
  readonly journal: SqliteJournal;
  readonly core: Core;
  readonly batching: Batching;
  readonly record: Blocks['record'];
  readonly site: Pick<SiteConfiguration, 'goods' | 'channels'>;
  readonly secrets: SecretStore;
  readonly world: Pick<World, 'timeZone' | 'log'>;
  readonly origin: string;
  readonly anchor: () => AnchorStatus;
  readonly over: AbortSignal;
  readonly onError: (error: unknown) => void;
};

/** An anchor older than this makes what is said of a receipt weaker, ms (control rule R28). */
const ANCHOR_LATE_MS = 24 * 3_600_000;

/** What is shown, signed and told of receipts; null, and nothing loaded, where no goods are kept. */
export async function openReceipts(parts: ReceiptsParts): Promise<(ReceiptShowing & Disposable) | null> {
  const { goods } = parts.core.deciding;
  if (goods === null || parts.site.goods === null) return null;
  const { push, statementValidMs } = parts.site.goods;
  const { journal, core, batching, origin, over, world, anchor, site, secrets } = parts;
  const { ReceiptView } = await import('./view.ts');
  const { ReceiptSigning } = await import('./signing.ts');
  const { StockDesk } = await import('./stock.ts');
  const { ControlChangesDesk } = await import('./changes.ts');
  const { signedPost } = await import('../../notify/webhook.ts');
  const now = (): number => core.clock.now();
  const startedAt = now();
  const view = new ReceiptView({
    goods,
    origin,
    size: () => journal.size(),
    signers: (size) => core.settings.keys.noteSigners(size),
    now,
    validMs: statementValidMs,
    proofLateSince: () => {
      const { state, at } = anchor();
      const due = Math.max(at ?? 0, startedAt) + ANCHOR_LATE_MS;
      return state === 'none' || now() < due ? null : due;
    },
  });
  const add = batching.add.bind(batching);
  const signing = new ReceiptSigning({ goods, add, now, over });
  const stock = new StockDesk({
    goods,
    view,
    journal,
    record: parts.record,
    now,
    timeZone: world.timeZone,
    onError: parts.onError,
  });
  const channels = new Map<string, SignedPost>();
  for (const settings of site.channels) {
    if (settings.kind === 'webhook' && push.includes(settings.id))
      channels.set(settings.id, signedPost({ ...settings, secret: secrets.read(settings.secret) }));
  }
  const changes = new ControlChangesDesk({
    view,
    journal,
    record: parts.record,
    now,
    channels,
    onError: parts.onError,
  });
  return {
    list: () => view.list(),
    status: (receipt) => view.status(receipt),
    statement: (receipt) => view.statement(receipt),
    gaps: (receipt) => view.gaps(receipt),
    movements: (receipt) => view.movements(receipt),
    timeline: (receipt) => view.timeline(receipt),
    score: (receipt) => view.score(receipt),
    stock: (day) => stock.statement(day),
    changes: (after) => changes.after(after),
    act: (receipt, act) => signing.act(receipt, act),
    [Symbol.dispose]: () => {
      changes[Symbol.dispose]();
      stock[Symbol.dispose]();
    },
  };
}
