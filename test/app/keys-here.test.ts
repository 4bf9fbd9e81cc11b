import { expect, it } from 'vitest';
import { watchKeys } from '#app/keys-here.ts';
import { createOpener, createSealer, generateKey, KeysAway } from '#database/sealing.ts';
import { Secret } from '#shared/secret.ts';
import { openLinkFirm } from '#test/support/link-firm.ts';

/** A worker with another key file takes no sessions, and says which key it lacks. */

const log = { warn: () => undefined, error: () => undefined } as unknown as Parameters<
  typeof watchKeys
>[0]['log'];

it('takes none until its key is brought, and then a secret that is lost alone is no such lack', async () => {
  await using firm = await openLinkFirm();
  const [right, wrong] = [await generateKey(), await generateKey()];
  const keep = async (owner: string, key: typeof right) => {
    const { keyId, sealed } = await createSealer([key]).seal(new Secret('cookies'), owner);
    const row = { owner_id: owner, kind: 'session', source_id: owner, created_at: 0 };
    await firm.db
      .insertInto('sealed_secret')
      .values({ ...row, key_id: keyId, sealed })
      .execute();
    return { keyId, sealed };
  };
  const takes: boolean[] = [];
  const held = [wrong];
  await using keys = watchKeys({
    store: firm.store,
    opener: createOpener([wrong], () => held),
    take: (sessions) => takes.push(sessions),
    log,
  });
  expect(await keys.look()).toBe(true);
  const kept = await keep('a', right);
  // As where a rotation elsewhere has not been brought here: it was right when it began.
  await expect(keys.opener.open(kept, 'a')).rejects.toThrow(KeysAway);
  expect(keys.why()).toContain(right.id);
  expect(keys.why()).toContain('rotate-key --lost');

  held.push(right);
  expect(await keys.look()).toBe(true);
  expect(keys.why()).toBeUndefined();
  expect(takes).toEqual([true, false, true]);
  const lost = await keep('b', await generateKey());
  await expect(keys.opener.open(lost, 'b')).rejects.toMatchObject({ reason: 'unknown-key' });
  expect(keys.why()).toBeUndefined();
});
