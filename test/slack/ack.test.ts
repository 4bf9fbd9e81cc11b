import { expect, it } from 'vitest';
import { ackOnceDone } from '#slack/ack.ts';
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
