import { expect, it } from 'vitest';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { linkAs } from '#test/support/person-links.ts';
import { failure } from '#test/support/scripted-portals.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const { firm, at } = useScriptedFirm({ works: true });

const ask = (number: string): Promise<LocalMessage> =>
  askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));

const closing = (card: LocalMessage, words: string): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    thread: card.ts,
    what: `a reply with "${words}"`,
    that: (message) => message.threadTs === card.ts && message.text.includes(words),
    ms: 40_000,
  });

it('starts by itself after the link, though the day queued the same policy again meanwhile', async () => {
  at.answerSignIn(await firm.sourceId('S-NB-ANA'), failure('bad-credentials'), {
    kind: 'signed-in',
  });
  const card = await ask('00123-4567');
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Needs link');
  expect(await firm.queueDay('S-NB-ANA')).toBeGreaterThan(50);

  await linkAs(firm, ANA, 'S-NB-ANA');
  await closing(card, 'is linked. The sync starts by itself.');
  expect((await closing(card, 'Success')).text).toContain(`<@${ANA}>`);
  expect(at.readsOf('00123-4567')).toBe(1);
  expect(at.passwords()).toHaveLength(2);
  const left = await firm.db
    .selectFrom('sync')
    .select('id')
    .where('status', '=', 'needs-link')
    .execute();
  expect(left).toEqual([]);
});
