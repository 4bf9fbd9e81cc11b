import { beforeAll, describe, expect, it } from 'vitest';
import { answerTo, askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { itemOf, value, viewOf } from '#test/support/views.ts';
import { desiredMessages } from '#core/requests/messages/thread.ts';
import { valuesAnswer } from '#core/requests/messages/values-answer.ts';
import { blockProblems } from '#simulator/workspace/blocks.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { ANA, BEN, OLIVIA, SAM, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const BUTTON = 'Show me the values';

describe('in a channel that hides amounts', () => {
  let policy: { id: string; number: string };
  let card: LocalMessage;

  const { firm } = useScriptedFirm({ works: true, config: { channelValues: 'hidden' } });
  beforeAll(async () => {
    policy = await firm.db
      .selectFrom('policy as p')
      .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
      .innerJoin('person as who', 'who.id', 'b.person_id')
      .innerJoin('product_status as st', 'st.name', 'p.status')
      .select(['p.id', 'p.number'])
      .where('who.slack_user_id', '=', ANA)
      .where('p.carrier_id', '=', 'northbridge-life')
      .where('st.indicator', '=', 'open')
      .where('p.contact_id', 'not in', (of) =>
        of
          .selectFrom('book as theirs')
          .innerJoin('person as them', 'them.id', 'theirs.person_id')
          .select('theirs.contact_id')
          .where('them.slack_user_id', '=', BEN),
      )
      .executeTakeFirstOrThrow();
    const asked = await askFor(firm, ANA, TEAM, `/sync policy ${policy.number}`, isCardOf(ANA, ''));
    await closingOf(firm, ANA, TEAM, asked);
    const [shown] = await firm.client.messages(ANA, TEAM, asked.ts);
    if (shown === undefined) throw new Error('the card is gone');
    card = shown;
  });

  const shownLines = (slackId: string) =>
    firm.db
      .selectFrom('audit as a')
      .innerJoin('person as p', 'p.id', 'a.person_id')
      .select(['a.subject_id', 'a.subject_type'])
      .where('a.action', '=', 'policy.values-shown')
      .where('p.slack_user_id', '=', slackId)
      .execute();

  const tap = (as: string) => firm.client.click({ as, channel: TEAM, ts: card.ts, text: BUTTON });

  it('the finished card holds no amount, and shows them to the advisor alone at one tap', async () => {
    expect(JSON.stringify(card)).not.toMatch(/\$\d/);
    expect(JSON.stringify(card)).not.toContain(policy.number);
    await tap(ANA);
    const answer = await answerTo(firm, ANA, TEAM, 'Only you see this');
    expect(answer.text).toContain(policy.number);
    expect(answer.text).toMatch(/Account Value {2}.*\$\d/);
    expect(answer.blocks.some(({ type }) => type === 'actions')).toBe(false);
    const others = JSON.stringify(await firm.client.messages(BEN, TEAM));
    expect(others).not.toContain('Only you see this');
    expect(await shownLines(ANA)).toEqual([{ subject_type: 'policy', subject_id: policy.id }]);
  });

  it('shows them to an owner, and to nobody whose book has not the contact', async () => {
    await tap(OLIVIA);
    expect((await answerTo(firm, OLIVIA, TEAM, 'Only you see this')).text).toContain(policy.number);
    for (const stranger of [BEN, SAM]) {
      await tap(stranger);
      const answer = await answerTo(firm, stranger, TEAM, 'not in your book');
      expect(JSON.stringify(answer)).not.toMatch(/\$\d/);
      expect(await shownLines(stranger)).toEqual([]);
    }
  });

  it('says no amount in a channel that it cannot look into any more', async () => {
    const error = 'channel_not_found';
    await firm.client.faults({ fail: [{ method: 'conversations.info', times: 1, error }] });
    await tap(ANA);
    const answer = await answerTo(firm, ANA, TEAM, 'shared with another company');
    expect(JSON.stringify(answer)).not.toMatch(/\$\d/);
    await firm.client.faults({});
  });
});

const MASKED = { privacy: 'masked', canLink: true } as const;
const FULL = { privacy: 'full', canLink: true } as const;
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const item = itemOf('changed');
    return { ...item, syncId: `S${index}`, policy: { ...item.policy, id: `P${index}` } };
  });
const cardText = (
  view: Parameters<typeof desiredMessages>[0],
  settings: typeof MASKED | typeof FULL,
) => JSON.stringify(desiredMessages(view, settings)[0]?.blocks);

describe('the button', () => {
  it('is on every finished card and table that keeps amounts to itself', () => {
    for (const reason of ['changed', 'unchanged', 'stale', 'partial', 'status-drift'] as const)
      expect(cardText(viewOf(itemOf(reason)), MASKED)).toContain(BUTTON);
    expect(cardText({ ...viewOf(itemOf('changed')), items: many(40) }, MASKED)).toContain(BUTTON);
  });

  it('is on none that shows them, that still runs, or that read none', () => {
    expect(cardText(viewOf(itemOf('changed')), FULL)).not.toContain(BUTTON);
    for (const reason of ['reading', 'never-seen', 'bad-credentials'] as const)
      expect(cardText(viewOf(itemOf(reason)), MASKED)).not.toContain(BUTTON);
    const items = [itemOf('changed'), itemOf('reading')];
    expect(cardText({ ...viewOf(itemOf('changed')), items }, MASKED)).not.toContain(BUTTON);
  });
});

it('the answer is within the limits of Slack for two hundred policies, and counts what it leaves out', () => {
  const { text, blocks } = valuesAnswer(many(200), 3);
  expect(blockProblems(blocks, 'message')).toEqual([]);
  expect(text.length).toBeLessThanOrEqual(4000);
  expect(JSON.stringify(blocks)).toContain('155 policies more');
  expect(JSON.stringify(blocks)).toContain('3 policies of this card are not in your book');
});

it('notifications carry the amount where they may, of what did not change too', () => {
  const same = itemOf('unchanged', {
    detail: {
      ...itemOf('unchanged').detail,
      changes: [],
      values: [value('Account Value', 412_806.44)],
    },
  });
  const closing = (settings: typeof MASKED | typeof FULL, view = viewOf(same)) =>
    desiredMessages(view, settings).find(({ key }) => key.startsWith('end:'))?.text;
  expect(closing(FULL)).toContain('Account Value is $412,806.44');
  expect(closing(MASKED)).not.toMatch(/\$\d/);
  const contact = { ...viewOf(itemOf('changed')), items: many(7) };
  expect(closing(FULL, contact)).toMatch(/is now \$\d/);
  expect(closing(FULL, contact)).toContain('and 2 more.');
  expect(closing(MASKED, contact)).not.toMatch(/\$\d/);
});
