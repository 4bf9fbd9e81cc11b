import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { untilStopped } from '#app/stop.ts';

const asked = () => {
  const signals = new EventEmitter();
  const time = { now: 0 };
  const ends: number[] = [];
  const stopped = untilStopped({
    signals,
    clock: () => time.now,
    endNow: () => void ends.push(time.now),
  });
  return { signals, time, ends, stopped };
};

it('takes the Ctrl-C that npm passes on for the same one', async () => {
  const { signals, time, ends, stopped } = asked();
  signals.emit('SIGINT');
  time.now = 300;
  signals.emit('SIGINT');
  await stopped;
  expect(ends).toEqual([]);
});

it('ends at once on a second Ctrl-C that somebody means', async () => {
  const { signals, time, ends, stopped } = asked();
  signals.emit('SIGINT');
  await stopped;
  time.now = 2000;
  signals.emit('SIGINT');
  expect(ends).toEqual([2000]);
});

it('lets a process manager ask again, and goes on ending clean', () => {
  const { signals, time, ends } = asked();
  signals.emit('SIGTERM');
  time.now = 5000;
  signals.emit('SIGTERM');
  expect(ends).toEqual([]);
});

it('stops when its terminal is closed', async () => {
  const { signals, stopped } = asked();
  signals.emit('SIGHUP');
  expect(await stopped).toBeUndefined();
});
