import type { Datepicker, DateTimepicker, Timepicker } from '@slack/types';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Held } from '../surface.ts';
import { ariaOf, type Standing, useElement } from './use-element.ts';

type Picker = Datepicker | Timepicker | DateTimepicker;

/** A date typed key by key passes through other dates; it counts once the typing rests. */
const REST_MS = 700;

const two = (number: number): string => String(number).padStart(2, '0');

/** Epoch seconds, as Slack holds a moment, to what the browser's field holds, and back. */
const toLocal = (seconds: string): string => {
  const date = new Date(Number(seconds) * 1000);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
};
const toSeconds = (local: string): string => String(Math.floor(new Date(local).getTime() / 1000));

const KINDS = {
  datepicker: { type: 'date', name: 'Date' },
  timepicker: { type: 'time', name: 'Time' },
  datetimepicker: { type: 'datetime-local', name: 'Date and time' },
} as const;

export const initialMoment = (element: Picker): Held => {
  switch (element.type) {
    case 'datepicker':
      return element.initial_date ?? null;
    case 'timepicker':
      return element.initial_time ?? null;
    case 'datetimepicker':
      return element.initial_date_time === undefined ? null : String(element.initial_date_time);
  }
};

interface PickerProps {
  element: Picker;
  standing: Standing;
}

export const BlockPicker = ({ element, standing }: PickerProps): ReactNode => {
  const { type, name } = KINDS[element.type];
  const own = useElement(standing, {
    actionId: element.action_id ?? '',
    confirm: element.confirm,
    initial: initialMoment(element),
  });
  const moment = element.type === 'datetimepicker';
  const value = typeof own.value === 'string' ? own.value : '';
  const waiting = useRef<{ timer: number; tell(): void }>(undefined);
  const settle = (): void => {
    window.clearTimeout(waiting.current?.timer);
    waiting.current?.tell();
    waiting.current = undefined;
  };
  useEffect(() => () => window.clearTimeout(waiting.current?.timer), []);
  const change = (local: string): void => {
    const next = local === '' ? null : moment ? toSeconds(local) : local;
    own.hold(next);
    if (!standing.acts) return;
    window.clearTimeout(waiting.current?.timer);
    const tell = (): void => void own.choose(next);
    waiting.current = { tell, timer: window.setTimeout(settle, REST_MS) };
  };
  return (
    <input
      type={type}
      className={`field picker${own.busy ? ' busy' : ''}`}
      value={value !== '' && moment ? toLocal(value) : value}
      {...ariaOf(standing, ('placeholder' in element && element.placeholder?.text) || name)}
      onChange={(event) => change(event.target.value)}
      onBlur={settle}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && standing.acts) settle();
      }}
    />
  );
};
