import type { LoginSource } from '#core/logins/store/login-sources.ts';
import { describe, expect, it } from 'vitest';
import { type Actor, ROLES } from '#shared/access.ts';
import { blockProblems } from '#simulator/workspace/blocks.ts';
import { viewProblems } from '#simulator/workspace/views.ts';
import type { Answer } from '#slack/answers.ts';
import { heldAnswer, whichToHold } from '#features/holds/slack.ts';
import {
  addModal,
  changedModal,
  removeModal,
  renameModal,
  shareModal,
  unlinkModal,
} from '#core/logins/modals.ts';
import { firmMessage, sourcesMessage } from '#core/logins/messages.ts';
import { meetingsPart } from '#features/meetings/slack.ts';
import { statusOf } from '#features/my-status/my-status.ts';
import { statusMessage } from '#features/my-status/slack.ts';
import { teamMessage } from '#features/team/slack.ts';
import { meetingOf } from '#test/support/extremes.ts';
import { itemOf, NOW, viewOf } from '#test/support/views.ts';

const NAMES = {
  plain: 'Ana – Northbridge',
  'of 200 characters': 'Maximiliana '.repeat(20).slice(0, 200),
  'in Arabic, 200 characters': 'محمد '.repeat(50).slice(0, 200),
  'of emoji only': '👩‍👩‍👧🎉'.repeat(20),
  'full of markup': '*a* _b_ ~c~ `d` > f &amp; <g>',
  'made of mentions': '<!channel> <@U0ANA> @here <https://evil.example|safe>',
};
const EXTREMES = Object.entries(NAMES).flatMap(([kind, name]) =>
  [1, 45].map((many) => ({ kind, name, many })),
);

const sourceOf = (name: string, index: number): LoginSource => ({
  id: `01SOURCE${index}`,
  name,
  carrierName: name,
  holderId: 'ana',
  holderName: name,
  holderSlackId: null,
  sharedWith: Array.from({ length: index }, (_, at) => ({
    id: `p${at}`,
    name,
    slackId: at % 2 === 0 ? `U0SHARED${at}` : null,
  })),
  linked: index % 3 !== 0,
  linkEndsAt: index % 3 === 1 ? NOW + index * 600_000 : null,
  unlinkedReason: index % 2 === 0 ? 'bad-credentials' : null,
  heldUntil: index % 5 === 4 ? NOW + 600_000 : 0,
  heldByName: index % 2 === 0 ? name : null,
  automatic: false,
  passwordKept: index % 2 === 0,
  waiting: index,
});

const owner: Actor = { id: 'ana', role: 'owner', active: true };

/** The answers, each drawn for so many of everything with that name. */
const answersWith = (name: string, many: number): Record<string, Answer> => {
  const times = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => make(index));
  const sources = times(many, (index) => sourceOf(name, index));
  const settings = { now: NOW, canLink: true };
  const held = (query: string): Answer => {
    const which = whichToHold(sources, owner, query, { now: NOW, command: '/sync' });
    return 'blocks' in which ? which : heldAnswer(which);
  };
  const views = times(Math.min(many, 10), (index) => {
    const item = itemOf(index % 2 === 0 ? 'waiting-for-link' : 'waiting');
    const id = `r${index}`;
    return {
      ...viewOf({
        ...item,
        policy: { ...item.policy, contactName: name, carrierName: name, number: name },
        source: { ...item.source, id, name, linked: false },
      }),
      id,
    };
  });
  const people = times(many * 10, (index) => ({
    id: `p${index}`,
    name,
    role: ROLES[index % ROLES.length] ?? ('advisor' as const),
    active: true,
    slackId: index % 3 === 0 ? null : `U0PERSON${index}`,
    email: null,
  }));
  return {
    'my logins': sourcesMessage(sources, 0, owner, settings),
    'the logins of the firm': firmMessage({ sources, total: many }, 1, owner, settings),
    'the logins to hold': held(''),
    'no login to hold': held('zzz `x` <!here>'),
    'the status': statusMessage(
      {
        ...statusOf(views, many),
        sources,
        paused: sources.map(() => ({ name, pause: { reason: 'blocked' as const } })),
        parts: [
          meetingsPart(
            times(Math.min(many, 5), (index) => meetingOf(name, index)),
            NOW,
          ),
        ],
      },
      settings,
    ),
    'the team': teamMessage(people, true, '/sync'),
    'a hold': heldAnswer(sourceOf(name, 0)),
  };
};

describe.each(Object.keys(answersWith('', 1)))('the answer with %s', (what) => {
  it.each(EXTREMES)('is taken by Slack with $many names $kind', ({ name, many }) => {
    const answer = answersWith(name, many)[what];
    if (answer === undefined) throw new Error(`There is no answer with ${what}.`);
    const { text, blocks } = answer;
    expect(blockProblems(blocks, 'message')).toEqual([]);
    expect(text.length).toBeLessThanOrEqual(4000);
    expect(text.isWellFormed()).toBe(true);
    expect(`${text} ${JSON.stringify(blocks)}`).not.toMatch(/undefined|NaN|\[object/);
    // Buttons and menus are plain text, in which Slack reads no markup.
    const shown = JSON.stringify(
      blocks.filter(({ type }) => type !== 'actions'),
      (key, value: unknown) => (key === 'accessory' ? undefined : value),
    );
    expect(shown).not.toMatch(/<!channel|<@U0ANA>|<!here|<https:\/\/evil/);
  });
});

const MODALS = {
  rename: renameModal,
  share: shareModal,
  unlink: unlinkModal,
  remove: removeModal,
  done: (source: LoginSource) => changedModal('Added', source.name, source),
};

describe.each(Object.entries(MODALS))('the modal %s', (_what, make) => {
  it.each(EXTREMES)('is taken by Slack with names $kind ($many)', ({ name, many }) => {
    const view = make(sourceOf(name, many));
    expect(viewProblems(view, 'modal')).toEqual([]);
    expect(view.private_metadata?.length ?? 0).toBeLessThan(3000);
  });
});

it.each([0, 1, 200])('the modal that adds a login is taken by Slack with %i carriers', (count) => {
  const carriers = Array.from({ length: count }, (_, index) => ({
    id: `carrier-${index}`,
    name: NAMES['of 200 characters'],
  }));
  expect(viewProblems(addModal(carriers, true, 'U0ANA'), 'modal')).toEqual([]);
});
