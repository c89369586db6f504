import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Alarm, Picture } from '../../api/types.ts';
import { CallFailed, get } from './calls.ts';
import { timeText } from './format.ts';
import { useLanguage } from './language.tsx';

const REFRESH_MS = 10_000;

/** What the cameras gave last, each by its hash, with the alarm that asked for it. Nothing where there is none. */
export function PictureList(props: {
  alarms: ReadonlyMap<string, Alarm>;
  isLive: boolean;
}): JSX.Element | null {
  const { say } = useLanguage();
  const [pictures, setPictures] = useState<readonly Picture[]>([]);
  // An alarm that comes asks for pictures: they are there soon after it.
  const standing = [...props.alarms.keys()].join(' ');
  useEffect(() => {
    if (!props.isLive) return undefined;
    const ask = (): void => {
      // What was shown before stays: a picture does not become untrue.
      void get('pictures').then(setPictures, (error: unknown) => {
        if (!(error instanceof CallFailed)) throw error;
      });
    };
    ask();
    const timer = setInterval(ask, REFRESH_MS);
    return () => clearInterval(timer);
  }, [props.isLive, standing]);
  if (pictures.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="pictures-title">
      <h2 id="pictures-title">{say('pictures')}</h2>
      <ul class="pictures">
        {pictures.map((picture) => (
          <Shown
            key={`${picture.sha256} ${picture.at}`}
            picture={picture}
            alarm={picture.alarm === null ? undefined : props.alarms.get(picture.alarm)}
          />
        ))}
      </ul>
    </section>
  );
}

function Shown(props: { picture: Picture; alarm: Alarm | undefined }): JSX.Element {
  const { say, of, language } = useLanguage();
  const [isGone, setGone] = useState(false);
  const { sha256, camera, at, alarm } = props.picture;
  const address = `/api/v1/pictures/${sha256}`;
  const time = timeText(at, language);
  return (
    <li data-picture={sha256}>
      {isGone ? (
        <p class="said-unknown">{say('pictureGone')}</p>
      ) : (
        <a href={address} target="_blank" rel="noreferrer">
          <img src={address} alt={`${camera}, ${time}`} loading="lazy" onError={() => setGone(true)} />
        </a>
      )}
      <p>
        {camera} · {time}
      </p>
      <p>
        {alarm === null
          ? say('pictureUnasked')
          : props.alarm === undefined
            ? ''
            : `${of(props.alarm.title)} `}
        {alarm !== null && <span class="id">{alarm}</span>}
      </p>
      <p class="id" title={sha256}>
        {say('hash')} {sha256.slice(0, 12)}…
      </p>
    </li>
  );
}
