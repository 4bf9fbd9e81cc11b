import { setImmediate as turn } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import { expect, it } from 'vitest';
import { ackOnceDone, TakenOver } from '#slack/ack.ts';
import { chartPicture, pictureBlock } from '#slack/picture.ts';
import { withPictures } from '#slack/picture-upload.ts';
import { startFirm } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';

const NUMBERS = ['00123-4567', '00312-9085', '00276-1185'];

it('answers Slack for a command only when its request is written down', async () => {
  await using firm = await startFirm();
  for (const [before, number] of NUMBERS.entries()) {
    expect(await firm.client.command(ANA, TEAM, `/sync policy ${number}`)).toEqual({ ok: true });
    const written = await firm.db.selectFrom('request').select('id').execute();
    expect(written).toHaveLength(before + 1);
  }
});

it('answers Slack before the end of work that takes long', async () => {
  const acked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<string>();
  const done = ackOnceDone(
    () => Promise.resolve(acked.resolve()),
    () => released.promise,
  );
  await acked.promise;
  released.resolve('the end');
  expect(await done).toBe('the end');
});

it('answers Slack for work that fails, and hands the failure on', async () => {
  let acks = 0;
  const done = ackOnceDone(
    () => Promise.resolve((acks += 1)),
    () => Promise.reject(new Error('no room')),
  );
  await expect(done).rejects.toThrow('no room');
  expect(acks).toBe(1);
});

it('says what came of an act whose ack did not get through: it stands', async () => {
  const lost = (): Promise<never> => Promise.reject(new Error('no active connection'));
  expect(await ackOnceDone(lost, () => Promise.resolve('Syncing.'))).toBe('Syncing.');
});

it('says nothing of an act that another process took over before the ack', async () => {
  const theirs = (): Promise<never> => Promise.reject(new TakenOver());
  await expect(ackOnceDone(theirs, () => Promise.resolve('Syncing.'))).rejects.toThrow(TakenOver);
});

it('answers Slack before a picture is drawn', async () => {
  let acked = false;
  const seen: boolean[] = [];
  const charts = {
    draw: async () => {
      await turn();
      seen.push(acked);
      throw new Error('No canvas');
    },
  };
  const unit = { kind: 'count' } as const;
  const picture = chartPicture({ kind: 'bars', title: 'Policies', unit, bars: [] });
  const deps = { client: new WebClient(), charts, log: () => undefined };
  await ackOnceDone(
    () => Promise.resolve((acked = true)),
    () => withPictures(deps, [pictureBlock(picture)], [picture]),
  );
  expect(seen).toEqual([true]);
});
