import * as requestAnswers from '#core/requests/answers.ts';
import { describe, expect, it } from 'vitest';
import { REASONS, type Reason } from '#shared/outcome.ts';
import { blockProblems } from '#simulator/workspace/blocks.ts';
import { isTooLarge, viewProblems } from '#simulator/workspace/views.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { cut } from '#slack/blocks.ts';
import { contactModal } from '#core/requests/contact-modal.ts';
import { heldAnswer, whichToHold } from '#features/holds/slack.ts';
import { historyModal, noHistory } from '#features/history/modal.ts';
import { homeView } from '#features/home/view.ts';
import { confirmedModal, linkModal, noLinkModal, pairingModal } from '#core/sign-in/link-modals.ts';
import { messageModal } from '#features/message-policies/modal.ts';
import { caseMessage } from '#features/support-cases/messages.ts';
import { codeMessage } from '#core/sign-in/code-messages.ts';
import { pauseNotice } from '#features/carrier-pauses/messages.ts';
import { desiredMessages } from '#core/requests/messages/thread.ts';
import { policyOption, policyPicker, sourcePicker } from '#core/requests/pickers.ts';
import {
  addModal,
  changedModal,
  removeModal,
  renameModal,
  shareModal,
  unlinkModal,
} from '#core/logins/modals.ts';
import { FIRM_PAGE, firmMessage, sourcesMessage } from '#core/logins/messages.ts';
import { reportMessage } from '#features/report/slack.ts';
import { meetingsPart } from '#features/meetings/slack.ts';
import { statusOf } from '#features/my-status/my-status.ts';
import { statusMessage } from '#features/my-status/slack.ts';
import { statusModal } from '#features/corrections/modal.ts';
import { askSupportModal, replyModal } from '#features/support-cases/modals.ts';
import { teamMessage } from '#features/team/slack.ts';
import {
  carriersOf,
  choice,
  contactSheet,
  homeData,
  idOf,
  list,
  loginSource,
  meetingOf,
  NAMES,
  ORIGIN,
  policyNamed,
  sheetPolicy,
  type SheetSize,
} from '#test/support/extremes.ts';
import { itemOf, NOW, value, viewOf } from '#test/support/views.ts';
import type { PolicyHistory } from '#core/policies/history.ts';
import type { CaseEvent, CaseView } from '#features/support-cases/store/views.ts';
import { ROLES } from '#shared/access.ts';

/** Every view and message, drawn for the worst a firm can bring, before the rules of the workspace. */
const ALL = Object.keys(REASONS) as Reason[];
/** As long as the help of all features. */
const HELP = Array.from(
  { length: 13 },
  () => ['contact chen before friday 3pm', 'x'.repeat(80)] as const,
);
const EACH_NAME = Object.entries(NAMES);

/** Text that was not meant: half a character, or a value that is none. */
const oddText = (shown: object): string[] =>
  JSON.stringify(shown).match(/\\ud[89a-f][0-9a-f]{2}|undefined|NaN|\[object/g) ?? [];

const faultsOfView = (view: { type: string }, kind: 'modal' | 'home' = 'modal'): unknown[] => [
  ...viewProblems(view, kind),
  ...(isTooLarge(view) ? ['too large'] : []),
  ...oddText(view),
];

const faultsOfMessage = ({ text, blocks }: Pick<Answer, 'text' | 'blocks'>): unknown[] => [
  ...blockProblems(blocks, 'message'),
  ...(text.length === 0 ? ['no text'] : []),
  ...(text.length > 4000 ? ['text too long'] : []),
  ...oddText({ text, blocks }),
];

const SIZES: readonly SheetSize[] = [
  { policies: 1, carriers: 1, sources: 1, others: 0 },
  { policies: 0, carriers: 1, sources: 1, others: 60 },
  { policies: 12, carriers: 1, sources: 3, others: 2 },
  { policies: 13, carriers: 2, sources: 0, others: 0 },
  { policies: 40, carriers: 3, sources: 150, others: 25 },
  { policies: 100, carriers: 1, sources: 15, others: 100 },
  { policies: 10, carriers: 4, sources: 300, others: 0 },
  { policies: 100, carriers: 20, sources: 2, others: 3 },
  { policies: 100, carriers: 40, sources: 2, others: 1 },
  { policies: 400, carriers: 60, sources: 2, others: 5 },
];

/** How many policies a modal lets one choose from. */
const offered = (view: { blocks: unknown[] }): number =>
  (view.blocks as { type: string; element?: { type: string; options?: unknown[] } }[]).reduce(
    (sum, { element }) =>
      sum + (element?.type === 'checkboxes' ? (element.options?.length ?? 0) : 0),
    0,
  );

describe.each(EACH_NAME)('with names %s', (_, name) => {
  const policy = policyNamed(name);
  const pick = { origin: ORIGIN };

  it.each(SIZES)(
    'a contact of $policies policies at $carriers carriers with $sources logins each is taken, and says what it leaves out',
    (size) => {
      const view = contactModal({ ...pick, contact: '01CONTACT' }, contactSheet(name, size), NOW);
      expect(faultsOfView(view)).toEqual([]);
      const out = size.sources === 0 ? 0 : size.policies - offered(view);
      const said = /(\d+) polic(?:y is|ies are) left out/.exec(JSON.stringify(view))?.[1];
      expect(Number(said ?? 0)).toBe(out);
      expect(size.policies <= 100 ? out : 0).toBe(0);
    },
  );

  it.each(SIZES)(
    'a message that names $policies policies at $carriers carriers is taken, and says what it leaves out',
    (size) => {
      const found = carriersOf(name, size);
      for (const sheet of [
        { found, close: [], tried: list(50, () => name), more: true },
        { found, close: carriersOf(name, { ...size, policies: 10 }), tried: [], more: false },
        { found: [], close: [], tried: list(50, () => name), more: false },
        { found: [], close: [], tried: [], more: false },
      ])
        expect(faultsOfView(messageModal(pick, sheet, { now: NOW, command: '/sync' }))).toEqual([]);
    },
  );

  it.each([1, 2, 12, 13, 40, 99, 100, 140])(
    'a card of %i policies is taken, running and ended, and says how many it leaves out',
    (count) => {
      for (const settings of [
        { privacy: 'full', canLink: true },
        { privacy: 'masked', canLink: false },
      ] as const)
        for (const contact of [{ id: '01CONTACT', name }, null])
          for (const reasons of [ALL, ['changed'], ['never-seen'], ['waiting']] as Reason[][]) {
            const items = list(count, (index) => {
              const item = itemOf(reasons[index % reasons.length] ?? 'changed');
              const source = { ...item.source, id: idOf('source', index % 9), name };
              return {
                ...item,
                syncId: idOf('sync', index),
                policy: { ...policy, number: `${name}${index}` },
                source: { ...source, holderName: name },
              };
            });
            const view = viewOf(itemOf('changed'), {
              items,
              contact: count === 1 ? { id: '01CONTACT', name } : contact,
              personName: name,
              channelNote: ORIGIN.note,
            });
            const messages = desiredMessages(view, settings);
            const [card] = messages;
            for (const message of messages) expect(faultsOfMessage(message)).toEqual([]);
            const table = card?.blocks.find(({ type }) => /table|plan/.test(type)) as {
              rows?: unknown[];
              tasks?: unknown[];
            };
            const lines = table.tasks?.length ?? (table.rows?.length ?? 1) - 1;
            const more = /and (\d+) more polic/.exec(JSON.stringify(card?.blocks))?.[1];
            expect(lines + Number(more ?? 0)).toBe(count);
          }
    },
  );

  it('the pickers are taken, of one login and of many', () => {
    expect(faultsOfView(policyPicker(pick))).toEqual([]);
    for (const count of [1, 10, 11, 120, 240, 1200]) {
      const view = sourcePicker(
        pick,
        policy,
        list(count, (index) => choice(name, index)),
        NOW,
      );
      expect(faultsOfView(view)).toEqual([]);
      expect(JSON.stringify(view).match(/Home source/g)).toHaveLength(2);
      const offered = new Set(JSON.stringify(view).match(/(?<="value":")[^"]+/g)).size;
      const out = /(\d+) more logins are left out/.exec(JSON.stringify(view))?.[1];
      expect(offered + Number(out ?? 0)).toBe(count);
      // A firm has a login for each of its people at a carrier: each is found by typing a part of it.
      expect(count <= 240 && out !== undefined).toBe(false);
    }
    const options = list(100, (index) => policyOption(sheetPolicy(name, index)));
    const element = { type: 'external_select', action_id: 'a', initial_option: options[0] };
    const input = { type: 'input', label: { type: 'plain_text', text: 'Policy' }, element };
    expect(blockProblems([input], 'modal')).toEqual([]);
  });

  it('the link modals are taken', () => {
    expect(faultsOfView(linkModal(name, `https://sync.example/${'x'.repeat(300)}`))).toEqual([]);
    expect(faultsOfView(noLinkModal(name))).toEqual([]);
    expect(
      faultsOfView(
        pairingModal({
          linkId: idOf('link', 1),
          personId: 'ana',
          sourceId: idOf('source', 1),
          sourceName: name,
          expiresAt: NOW,
        }),
      ),
    ).toEqual([]);
    for (const kind of ['confirmed', 'already', 'wrong-number', 'expired', 'not-yours'] as const)
      expect(faultsOfView(confirmedModal({ kind }))).toEqual([]);
  });

  it.each([1, 15, 100, 101, 400])('the status modal is taken with %i statuses', (count) => {
    const statuses = list(count, (index) => ({
      name: `${index} ${cut(name, 140)}`,
      indicator: (['open', 'closed', 'expired'] as const)[index % 3] ?? 'open',
    }));
    for (const carrierStatus of [undefined, name, statuses.at(-1)?.name, 'Surrendered'])
      expect(
        faultsOfView(
          statusModal(
            {
              policy: { ...policy, status: statuses.at(-1)?.name ?? '' },
              statuses,
              ...(carrierStatus === undefined ? {} : { carrierStatus }),
            },
            'C0123456789',
          ),
        ),
      ).toEqual([]);
  });

  it('what changes a login is taken', () => {
    for (const index of [0, 1, 39, 40]) {
      const source = loginSource(name, index);
      for (const draw of [renameModal, shareModal, unlinkModal, removeModal])
        expect(faultsOfView(draw(source))).toEqual([]);
      expect(faultsOfView(changedModal(name, name, source))).toEqual([]);
      expect(faultsOfMessage(heldAnswer(source))).toEqual([]);
    }
    for (const count of [0, 1, 99, 250])
      expect(
        faultsOfView(
          addModal(
            list(count, (index) => ({ id: idOf('carrier', index), name })),
            true,
            'U0123456789',
          ),
        ),
      ).toEqual([]);
  });

  it.each([0, 1, 10, 31, 300])('the list of %i logins is taken, and the hold of them', (count) => {
    const all = list(count, (index) => loginSource(name, index));
    const owner = { id: idOf('person', 0), role: 'owner', active: true } as const;
    for (const canLink of [true, false]) {
      const settings = { now: NOW, canLink };
      const menus = new Set<string>();
      for (let page = 0; page <= count / 30; page += 1) {
        const own = sourcesMessage(all, page, owner, settings);
        expect(faultsOfMessage(own)).toEqual([]);
        const said = JSON.stringify(own);
        for (const [menu] of said.matchAll(/source-rename[^}]*/g)) menus.add(menu);
        expect(said.includes('"source-list:next"')).toBe(page < Math.ceil(count / 30) - 1);
      }
      expect(menus.size).toBe(count);
      const page = { sources: all.slice(FIRM_PAGE, 2 * FIRM_PAGE), total: count };
      expect(faultsOfMessage(firmMessage(page, 1, owner, settings))).toEqual([]);
    }
    const ofAll = { now: NOW, command: '/sync' };
    for (const query of ['', 'nobody of that name']) {
      const which = whichToHold(all, owner, query, ofAll);
      expect('blocks' in which ? faultsOfMessage(which) : []).toEqual([]);
    }
  });

  it.each(['portal-changed', 'blocked', 'by-hand'] as const)(
    'the notice of a carrier that is paused (%s), and of one that goes on, are taken',
    (reason) => {
      const about = {
        id: idOf('pause', 1),
        carrier: { id: idOf('carrier', 1), name },
        reason,
        beganAt: NOW,
        by: name,
        failures: 12_000,
        policies: 9000,
        note: name,
        picture: 'a.png',
        trace: 'a.txt',
        probes: 7,
        ...(reason === 'by-hand' ? {} : { nextProbeAt: NOW }),
        waiting: 200_000,
      };
      const ended = { at: NOW, how: 'by-hand', by: name, runsNow: 5000 } as const;
      for (const each of [about, { ...about, ended }])
        for (const { text, blocks } of pauseNotice(each)) {
          expect(blockProblems(blocks, 'message')).toEqual([]);
          expect(text.length).toBeLessThanOrEqual(4000);
          expect(text.isWellFormed()).toBe(true);
        }
    },
  );

  it.each([0, 1, 100])('what of %i requests runs, the report and the team are taken', (count) => {
    const { id } = policy;
    const items = list(100, (index) => itemOf(ALL[index % ALL.length] ?? 'waiting', { policy }));
    const views = list(count, (index) => {
      const [first = itemOf('waiting')] = items.slice(index);
      const view = viewOf(first, { id: idOf('request', index), personName: name });
      return index % 2 === 0 ? view : { ...view, items, contact: { id, name } };
    });
    const status = {
      ...statusOf(views.slice(0, 10), count),
      paused: list(count, () => ({ name, pause: { reason: 'by-hand' as const, by: name } })),
      sources: list(count, (index) => loginSource(name, index)),
      parts: [
        meetingsPart(
          list(Math.min(count, 5), (index) => meetingOf(name, index)),
          NOW,
        ),
      ],
    };
    for (const canLink of [true, false])
      expect(faultsOfMessage(statusMessage(status, { now: NOW, canLink }))).toEqual([]);
    const { totals } = homeData(name, { rows: 0, many: count }).page;
    const place = { teamId: 'T0', appId: 'A0' };
    const people = list(count * 5, (index) => ({
      id: idOf('person', index),
      name,
      role: ROLES[index % ROLES.length] ?? 'advisor',
      active: true,
      slackId: index % 2 === 0 ? null : `U${String(index).padStart(10, '0')}`,
      email: name,
    }));
    for (const ofFirm of [true, false]) {
      expect(faultsOfMessage(reportMessage(totals, ofFirm, place))).toEqual([]);
      expect(faultsOfMessage(teamMessage(people, ofFirm, '/sync'))).toEqual([]);
    }
  });

  it.each([
    [0, 0],
    [1, 1],
    [10, 8],
    [10, 150],
  ])('Home is taken with %i rows, and %i logins, carriers and advisors', (rows, many) => {
    expect(faultsOfView(homeView(homeData(name, { rows, many })), 'home')).toEqual([]);
  });

  it('the history is taken, in a modal and as an answer', () => {
    const history: PolicyHistory = {
      policy,
      attempts: list(10, (index) => ({
        id: idOf('sync', index),
        status: 'success' as const,
        reason: ALL[index] ?? 'changed',
        at: NOW,
        sourceName: name,
        askedBy: list(index * 5, () => name),
      })),
      moreAttempts: true,
      values: list(360, (index) => ({
        ...value(`${name}${index % 30}`, index * 1e11),
        observedAt: NOW,
      })),
    };
    for (const each of [history, { ...history, attempts: [], values: [] }]) {
      const view = historyModal(each);
      expect(faultsOfView(view)).toEqual([]);
      expect(blockProblems(view.blocks, 'message')).toEqual([]);
    }
    expect(faultsOfView(noHistory(name))).toEqual([]);
  });

  it('a case with all it went through is taken', () => {
    const at = NOW;
    const by = name;
    const events: CaseEvent[] = list(60, (index): CaseEvent => {
      const all: CaseEvent[] = [
        { at, by, kind: 'requested' },
        {
          at,
          kind: 'attempt',
          source: name,
          status: 'success',
          reason: 'stale',
          carrierStatus: name,
          asOf: '2026-11-03',
        },
        { at, by, kind: 'status-updated', from: name, to: name },
        { at, by, kind: 'number-corrected', from: name, to: name },
        { at, by, kind: 'asked', note: name },
        { at, by, kind: 'replied', id: idOf('reply', index), text: name.repeat(5), byAsker: true },
        { at, by, kind: 'closed' },
      ];
      return all[index % all.length] ?? { at, kind: 'closed' };
    });
    const view: CaseView = {
      id: idOf('case', 1),
      number: 12_345,
      requestId: idOf('request', 1),
      policyId: policy.id,
      closed: false,
      version: 9,
      channel: 'C0123456789',
      policy,
      askerId: idOf('person', 1),
      askedBy: { name, slackId: null },
      note: name.repeat(5).slice(0, 1000),
      syncId: idOf('sync', 1),
      source: { name, linked: false },
      closedBy: null,
      events,
    };
    for (const each of [view, { ...view, closed: true, closedBy: name }])
      for (const privacy of ['full', 'masked'] as const)
        expect(faultsOfMessage(caseMessage(each, privacy))).toEqual([]);
    const replies = list(30, (index) => ({
      id: idOf('reply', index),
      by: name,
      text: name.repeat(5).slice(0, 1000),
      byAsker: index % 2 === 0,
    }));
    const cases = [
      {
        id: view.id,
        syncId: view.syncId,
        number: 1,
        askedBy: name,
        askerSlackId: 'U0ANA',
        replies,
        closedBy: name,
      },
    ];
    for (const message of desiredMessages(viewOf(itemOf('stale'), { cases }), {
      privacy: 'full',
      canLink: true,
    }))
      expect(faultsOfMessage(message)).toEqual([]);
    expect(
      faultsOfView(
        askSupportModal(policy, {
          request: idOf('request', 1),
          sync: idOf('sync', 1),
          channel: 'C0123456789',
        }),
      ),
    ).toEqual([]);
    expect(faultsOfView(replyModal(view.id))).toEqual([]);
  });

  it('what asks for a code is taken, at each step of it', () => {
    const states = [
      'waiting',
      'signing-in',
      'channel-wanted',
      'channel-chosen',
      'code-wanted',
      'code-checking',
      'code-again',
      'code-another',
      'linked',
      'failed',
    ] as const;
    for (const state of states)
      for (const again of [true, false])
        expect(
          faultsOfMessage(
            codeMessage(
              {
                signInId: idOf('sign-in', 1),
                slackId: 'U0ANA',
                sourceName: name,
                carrierId: 'northbridge-life',
                carrierName: name,
                signingIn: again ? name : null,
                state,
                reason: state === 'failed' ? 'code-timed-out' : null,
                hint: again ? name : null,
                channels: list(again ? 12 : 2, (index) => ({ id: `way-${index}`, label: name })),
                codeAgain: again,
                codeSentAgain: !again,
                wantedAt: NOW,
                step: state,
                ended: false,
              },
              again,
            ),
          ),
        ).toEqual([]);
  });

  it('the answers that only one person reads are taken', () => {
    const matches = list(8, (index) => sheetPolicy(name, index));
    const asked = {
      kind: 'requested' as const,
      requestId: idOf('request', 1),
      policy,
      source: choice(name, 1),
    };
    const askedBefore = { kind: 'by' as const, name };
    const where = { card: 'here' as const, permalink: `https://slack.example/${'p'.repeat(200)}` };
    for (const answer of [
      answers.help(name, HELP),
      answers.unknownCommand('/sync', HELP, name),
      answers.historyOfWhat('/sync'),
      answers.notInSharedChannel(),
      answers.tooLong('/sync', 10_000),
      answers.refusal(name),
      answers.notYours(),
      answers.notYourLogin(),
      answers.stale(),
      requestAnswers.limitReached({ waiting: 7, most: 100 }, '/sync'),
      requestAnswers.notSyncable({ ...policy, indicator: 'closed' }),
      requestAnswers.noSource(policy, []),
      requestAnswers.noSource(
        policy,
        list(100, () => name),
      ),
      requestAnswers.severalMatches(name, matches, true),
      requestAnswers.severalMatches(name, matches.slice(0, 1), false),
      requestAnswers.noMatch(name, [], '/sync'),
      requestAnswers.noMatch(name, matches.slice(0, 3), '/sync'),
      requestAnswers.requested({ ...asked, already: true, askedBefore, queued: true }, where),
      requestAnswers.requested({ ...asked, already: false, askedBefore, queued: false }, where),
      requestAnswers.requested(
        { ...asked, already: false, askedBefore, queued: false },
        { card: { channel: idOf('channel', 1), permalink: where.permalink } },
      ),
    ])
      expect(faultsOfMessage(answer)).toEqual([]);
  });
});
