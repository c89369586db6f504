import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Order, Session } from '../../api/types.ts';
import { ActBar } from './act-bar.tsx';
import { CLAIM_ORDER, SETTLE_ORDER, type Doing } from './acts.ts';
import { CallFailed, get } from './calls.ts';
import { timeText } from './format.ts';
import { useLanguage } from './language.tsx';
import { BREACHES, DIRECTIONS, ORDER_STATES, ORDER_WORDS } from './order-words.ts';

const REFRESH_MS = 2000;
/** Those that are over are told for so long, ms. */
const SHOWN_MS = 12 * 3_600_000;

/** What may leave or come in by which dock until when, and why the barrier refuses. Nothing where no goods are kept. */
export function OrderList(props: { session: Session; isLive: boolean; now: number }): JSX.Element | null {
  const { of } = useLanguage();
  const [orders, setOrders] = useState<readonly Order[]>([]);
  useEffect(() => {
    if (!props.isLive) return undefined;
    const ask = (): void => {
      void get('orders').then(setOrders, (error: unknown) => {
        if (!(error instanceof CallFailed)) throw error;
      });
    };
    ask();
    const timer = setInterval(ask, REFRESH_MS);
    return () => clearInterval(timer);
  }, [props.isLive]);
  const shown = orders.filter((one) => one.endedAt === null || props.now - one.endedAt < SHOWN_MS);
  if (shown.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="orders-title">
      <h2 id="orders-title">{of(ORDER_WORDS.title)}</h2>
      <ul class="orders">
        {shown.map((order) => (
          <Shown key={order.order} order={order} session={props.session} isLive={props.isLive} />
        ))}
      </ul>
    </section>
  );
}

function Shown(props: { order: Order; session: Session; isLive: boolean }): JSX.Element {
  const { say, of, language } = useLanguage();
  const { order, session, isLive } = props;
  const { content, refused, breaches } = order;
  const name = `${order.order.slice(0, 8)}…`;
  return (
    <li data-order={order.order}>
      <p>
        <strong title={order.order}>{name}</strong>{' '}
        <span class={`chip ${chipOf(order, isLive)}`}>
          {isLive ? of(ORDER_STATES[order.state]) : say('unknown')}
        </span>{' '}
        {content === null ? of(ORDER_WORDS.untold) : aboutText(content, of)}
        {content !== null && ` ${say('until')} ${timeText(content.until, language)}`}
      </p>
      {content !== null && order.openedAt !== null && (
        <p>
          {of(ORDER_WORDS.passed)} {order.passed.length}
          {content.epcs === null ? '' : ` / ${content.epcs.length}`}
        </p>
      )}
      {order.isDisputed && (
        <p role="alert">
          {of(ORDER_WORDS.disputed)}:{' '}
          {breaches
            .map(({ epc, is, at }) => `${of(BREACHES[is])} ${epc}, ${timeText(at, language)}`)
            .join('; ')}
        </p>
      )}
      {refused !== null && (
        <p title={refused.why}>
          {of(ORDER_WORDS.refused)}: {of(refused.text)} ({timeText(refused.at, language)})
        </p>
      )}
      {order.gate !== null && order.gate.busy !== null && (
        <p>
          {of(ORDER_WORDS.busy)}: {order.gate.busy.slice(0, 8)}
        </p>
      )}
      <ActBar
        title={name}
        target={{ address: `orders/${order.order}`, longestMs: 0 }}
        doings={doingsOf(order)}
        session={session}
        isLive={isLive}
      />
    </li>
  );
}

function aboutText(content: NonNullable<Order['content']>, of: ReturnType<typeof useLanguage>['of']): string {
  const { value, exp, unit } = content.amount;
  const figure = exp === 0 ? String(value) : String(value * 10 ** exp);
  const amount = unit === '1' ? figure : `${figure} ${unit}`;
  return `${of(DIRECTIONS[content.direction])} ${amount} ${content.lot} ${of(ORDER_WORDS.by)} ${content.portal}`;
}

function chipOf({ state, isDisputed, refused }: Order, isLive: boolean): string {
  if (!isLive) return 'unknown';
  if (isDisputed) return 'failed';
  if (state === 'open' || state === 'done') return 'ok';
  return refused === null ? 'unknown' : 'degraded';
}

const CLAIMABLE: ReadonlySet<Order['state']> = new Set(['known', 'requested', 'authorised']);

function doingsOf({ content, state, gate, isDisputed }: Order): readonly Doing[] {
  if (gate === null || content?.direction !== 'out') return [];
  if (isDisputed || state === 'open') return [SETTLE_ORDER];
  return CLAIMABLE.has(state) && gate.busy === null ? [CLAIM_ORDER] : [];
}
