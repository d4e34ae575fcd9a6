import { day, fullTime } from '../lib/time';

interface WindowProps {
  from: string | null;
  until: string | null;
  className?: string | undefined;
}

/** Between which times something sells; nothing where it has no bounds. */
export function Window({ from, until, className }: WindowProps) {
  if (from == null && until == null) return null;
  return (
    <p className={className}>
      sells{from != null && <Bound word="from" time={from} />}
      {until != null && <Bound word="until" time={until} />}
    </p>
  );
}

function Bound({ word, time }: { word: string; time: string }) {
  return (
    <>
      {' '}
      {word}{' '}
      <time dateTime={time} title={fullTime(time)}>
        {day(time)}
      </time>
    </>
  );
}
