import type { ComponentChildren, JSX } from 'preact';
import type { CheckState, Status } from '../../api/types.ts';
import { isAside } from './alarm-card.tsx';
import type { BoardState } from './board.ts';
import { agoText } from './format.ts';
import { useLanguage } from './language.tsx';
import { truthOf } from './truth.ts';
import { ANCHOR_STATES, CHECK_STATES } from './words.ts';

type Tone = 'good' | 'warn' | 'bad' | 'unknown';

const WORST: readonly CheckState[] = ['failed', 'unknown', 'degraded', 'ok'];
const TONES: Readonly<Record<CheckState, Tone>> = {
  ok: 'good',
  degraded: 'warn',
  failed: 'bad',
  unknown: 'unknown',
};
/** A store that took nothing for this long is worth a look, ms. */
const LONG_WITHOUT_RECORD = 60_000;

/** The five questions of a shift, each answered in one tile; unknown has its own look. */
export function SummaryTiles(props: { state: BoardState; status: Status; now: number }): JSX.Element {
  const { say, of, language } = useLanguage();
  const { state, status, now } = props;
  const isLive = state.link === 'live';
  const all = [...state.alarms.values()];
  const alarms = all.filter((alarm) => !isAside(alarm));
  const aside = all.length - alarms.length;
  const calling = alarms.filter((a) => /unacknowledged/i.test(a.state)).length;
  const streams = [...state.streams.values()];
  const known = streams.filter((s) => truthOf(s, now, isLive) === 'known').length;
  const { anchor, journal, health } = status;
  const worst = WORST.find((s) => health.some((check) => check.state === s)) ?? 'unknown';
  const storedMs = journal.lastCommitAt === null ? null : now - journal.lastCommitAt;
  const tone = (live: Tone): Tone => (isLive ? live : 'unknown');
  return (
    <section class="tiles" aria-label={of(status.gateway.name)}>
      <Tile label={say('alarms')} tone={tone(alarmTone(alarms.length, calling))}>
        {isLive ? alarms.length : '?'}
        <small>
          {isLive && calling > 0 && `${calling} ${say('unacknowledged')} `}
          {isLive && aside > 0 && `${aside} ${say('setAsideCount')}`}
        </small>
      </Tile>
      <Tile label={say('streams')} tone={known === streams.length ? tone('good') : 'unknown'}>
        {known}/{streams.length} <small>{say('known')}</small>
      </Tile>
      <Tile label={say('anchor')} tone={tone(anchorTone(anchor))}>
        {anchorAge()}
        <small>
          {anchor.ledger !== null && `${anchor.lastFinalSize ?? 0} ${say('blocksOf')} ${journal.size} · `}
          {of(ANCHOR_STATES[anchor.state])}
        </small>
      </Tile>
      <Tile
        label={say('stored')}
        tone={storedMs === null ? 'unknown' : tone(storedMs > LONG_WITHOUT_RECORD ? 'warn' : 'good')}
      >
        {storedMs === null || !isLive ? '?' : agoText(storedMs, language)}
      </Tile>
      <Tile label={say('health')} tone={tone(TONES[worst])}>
        {isLive ? of(CHECK_STATES[worst]) : '?'}
      </Tile>
    </section>
  );

  function anchorAge(): string {
    if (anchor.ledger === null) return say('noLedger');
    return anchor.at === null ? say('neverAnchored') : agoText(now - anchor.at, language);
  }
}

function Tile(props: { label: string; tone: Tone; children: ComponentChildren }): JSX.Element {
  return (
    <div class={`tile ${props.tone}`}>
      <h2>{props.label}</h2>
      <p>{props.children}</p>
    </div>
  );
}

function alarmTone(alarms: number, calling: number): Tone {
  if (calling > 0) return 'bad';
  return alarms > 0 ? 'warn' : 'good';
}

function anchorTone({ state, at }: Status['anchor']): Tone {
  if (state === 'failing') return 'bad';
  if (state === 'unknown' || state === 'none' || at === null) return 'unknown';
  return 'good';
}
