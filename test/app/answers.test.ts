import { describe, expect, it } from 'vitest';
import type { Actor } from '#shared/access.ts';
import { ROLES } from '#shared/role.ts';
import { blockProblems } from '#simulator/workspace/blocks.ts';
import { viewProblems } from '#simulator/workspace/views.ts';
import type { Answer } from '#slack/answers.ts';
import type { Desk } from '#slack/desk.ts';
import { heldAnswer, holdCommand } from '#features/holds/slack.ts';
import {
  addModal,
  changedModal,
  removeModal,
  renameModal,
  shareModal,
  unlinkModal,
} from '#core/logins/modals.ts';
import { sourcesAnswer } from '#core/logins/messages.ts';
import { statusAnswer } from '#features/my-status/slack.ts';
import { teamAnswer } from '#features/team/slack.ts';
import type { LoginSource } from '#core/logins/login-sources.ts';
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

/** The desk as these answers use it, with so many of everything. */
const deskWith = (name: string, many: number): Desk => {
  const sources = Array.from({ length: many }, (_, index) => sourceOf(name, index));
  const store = {
    pausedFor: () =>
      Promise.resolve(
        sources.map(({ carrierName: name }) => ({ name, pause: { reason: 'blocked' } })),
      ),
    sourcesOf: () => Promise.resolve(sources),
    meetingsOf: (_: string, limit: number) =>
      Promise.resolve(
        sources.slice(0, limit).map((_source, index) => ({
          id: `m${index}`,
          contactId: `c${index}`,
          contactName: name,
          at: NOW + 1000,
          refreshAt: NOW + 500,
          zone: 'America/New_York',
          cardAt: null,
          refreshedAt: null,
        })),
      ),
    sourcesOfFirm: (limit: number) =>
      Promise.resolve({ sources: sources.slice(0, limit), total: many }),
    openRequests: () =>
      Promise.resolve({
        ids: Array.from({ length: Math.min(many, 10) }, (_, index) => `r${index}`),
        total: many,
      }),
    requestView: (id: string) => {
      const item = itemOf(Number(id.slice(1)) % 2 === 0 ? 'waiting-for-link' : 'waiting');
      return Promise.resolve({
        ...viewOf({
          ...item,
          policy: { ...item.policy, contactName: name, carrierName: name, number: name },
          source: { ...item.source, id, name, linked: false },
        }),
        id,
      });
    },
    team: () =>
      Promise.resolve(
        Array.from({ length: many * 10 }, (_, index) => ({
          id: `p${index}`,
          name,
          role: ROLES[index % ROLES.length] ?? 'advisor',
          active: true,
          slackId: index % 3 === 0 ? null : `U0PERSON${index}`,
          email: null,
        })),
      ),
  };
  return {
    store,
    clock: () => NOW,
    settings: { command: '/sync', threads: 'channel', publicUrl: 'https://sync.example' },
  } as unknown as Desk;
};

const ANSWERS: Record<string, (desk: Desk) => Promise<Answer>> = {
  'my logins': (desk) => sourcesAnswer(desk, owner),
  'the logins of the firm': (desk) => sourcesAnswer(desk, owner, { kind: 'firm', page: 1 }),
  'the logins to hold': (desk) => holdCommand(desk, owner, ''),
  'no login to hold': (desk) => holdCommand(desk, owner, 'zzz `x` <!here>'),
  'the status': (desk) => statusAnswer(desk, owner),
  'the team': (desk) => teamAnswer(desk, owner),
  'a hold': async (desk) => {
    const [first] = await desk.store.sourcesOf('ana');
    if (first === undefined) throw new Error('there is no login');
    return heldAnswer(first);
  },
};

describe.each(Object.entries(ANSWERS))('the answer with %s', (_what, make) => {
  it.each(EXTREMES)('is taken by Slack with $many names $kind', async ({ name, many }) => {
    const { text, blocks } = await make(deskWith(name, many));
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
