import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Session } from '../../api/types.ts';
import { AlarmList } from './alarms.tsx';
import { Board, type BoardState } from './board.ts';
import { CountBanner } from './counting.tsx';
import { DeviceTable } from './devices.tsx';
import { FigureList } from './figures.tsx';
import { timeText } from './format.ts';
import { History } from './history.ts';
import { IncidentList } from './incident-list.tsx';
import { useLanguage } from './language.tsx';
import { OrderList } from './orders.tsx';
import { PictureList } from './pictures.tsx';
import { HealthList, ProofList } from './proof.tsx';
import { PushPanel } from './push-panel.tsx';
import { RuleBanner } from './rule-banner.tsx';
import { SummaryTiles } from './summary.tsx';
import { ZoneList } from './zones.tsx';

/** What the gateway sees now, for a person on shift: alarms first, then values, then the proof. */
export function Overview(props: {
  session: Session;
  languageChoice: ComponentChildren;
  signOut: () => void;
  signedOut: () => void;
}): JSX.Element | null {
  const { session } = props;
  const { say, of, language } = useLanguage();
  const [state, setState] = useState<BoardState | null>(null);
  const [, tick] = useState(0);
  const board = useMemo(
    () => new Board(session.may.includes('devices'), setState, props.signedOut),
    [session],
  );
  const history = useMemo(() => new History(board), [board]);
  useEffect(() => {
    board.open();
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => {
      clearInterval(timer);
      history.close();
      board.close();
    };
  }, [board, history]);

  const status = state?.status ?? null;
  const name = status === null ? 'bailee' : of(status.gateway.name);
  const calling = status === null ? 0 : [...(state?.alarms.values() ?? [])].filter(isCalling).length;
  useEffect(() => {
    document.title = calling > 0 ? `(${calling}) ${name}` : name;
  }, [calling, name]);

  const { link, heardAt } = state ?? { link: 'connecting', heardAt: null };
  return (
    <>
      <header class="top">
        <h1>{name}</h1>
        <span class={`link ${link}`} role="status">
          {say(link)}
        </span>
        <span class="spread" />
        {props.languageChoice}
        <button type="button" onClick={props.signOut}>
          {say('signOut')}
        </button>
      </header>
      {link === 'lost' && (
        <p class="lost-banner" role="alert">
          {say('lostLong')} {heardAt === null ? '' : timeText(heardAt, language)}
        </p>
      )}
      {state !== null && status !== null && (
        <main class={link === 'live' ? '' : 'is-lost'}>
          <CountBanner session={session} isLive={link === 'live'} />
          <RuleBanner status={status} session={session} isLive={link === 'live'} />
          <SummaryTiles state={state} status={status} now={board.now()} />
          <AlarmList state={state} session={session} now={board.now()} />
          <IncidentList alarms={state.alarms} session={session} isLive={link === 'live'} />
          <OrderList session={session} isLive={link === 'live'} now={board.now()} />
          <ZoneList state={state} session={session} history={history} now={board.now()} />
          <PictureList alarms={state.alarms} isLive={link === 'live'} />
          <div class="columns">
            <ProofList status={status} now={board.now()} isLive={link === 'live'} />
            <HealthList status={status} isLive={link === 'live'} />
            <FigureList isLive={link === 'live'} />
            <PushPanel session={session} />
          </div>
          {state.devices !== null && (
            <DeviceTable devices={[...state.devices.values()]} isLive={link === 'live'} />
          )}
        </main>
      )}
    </>
  );
}

function isCalling({ state }: { readonly state: string }): boolean {
  return /unacknowledged/i.test(state);
}
