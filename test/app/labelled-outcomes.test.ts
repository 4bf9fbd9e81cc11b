import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { offersOf, REASONS, statusOf, type Offer, type Reason } from '#shared/outcome.ts';
import { projectFolder } from '#setup/tools.mjs';
import { sentence, statusName } from '#core/requests/messages/words.ts';
import type { Portals } from '#portal/portal.ts';
import { factsOf, loadCarriers } from '#portal/carriers.ts';
import { replayPortals, type Recorded } from '#test/support/recorded-portals.ts';
import type { Scene } from '#test/support/scene-firm.ts';
import { playScene } from '#test/support/scene.ts';
import type { Expected } from '#test/trials/outcomes/labelled.ts';

/**
 * What the local portals answered at outcomes that were set on them, in a real browser, beside what a
 * person who knows the rules says it means. `npm run record:outcomes` records them anew.
 */
interface Outcome {
  label: string;
  scene: Scene;
  recorded: Recorded[];
  expected: Expected;
}

const OUTCOMES = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/outcomes.json'), 'utf8'),
) as Outcome[];

const facts = (
  await loadCarriers({ folders: [join(projectFolder, 'carriers')], allowDemo: true })
).map(factsOf);

type Retried =
  | 'nothing'
  | 'never'
  | 'looked twice'
  | 'next business day'
  | 'after 1, 5, 15 minutes'
  | 'after 12 minutes'
  | 'after hours'
  | 'when the carrier goes on';

interface Rule {
  retried: Retried;
  /** Who has to do something about it. */
  acts: 'nobody' | 'user' | 'site' | 'agent';
  offered: Offer[];
}

/** The table of reasons as the people who use it know it, written down apart from the code. */
const TABLE: Record<Reason, Rule> = {
  waiting: { retried: 'nothing', acts: 'nobody', offered: ['cancel'] },
  'source-busy': { retried: 'nothing', acts: 'nobody', offered: ['cancel'] },
  'waiting-for-link': { retried: 'nothing', acts: 'user', offered: ['link', 'cancel'] },
  'on-hold': { retried: 'nothing', acts: 'user', offered: ['release', 'cancel'] },
  'carrier-paused': { retried: 'when the carrier goes on', acts: 'agent', offered: ['cancel'] },
  'signing-in': { retried: 'nothing', acts: 'nobody', offered: [] },
  'code-needed': { retried: 'nothing', acts: 'user', offered: ['enter-code'] },
  reading: { retried: 'nothing', acts: 'nobody', offered: [] },
  'searching-again': { retried: 'nothing', acts: 'nobody', offered: [] },
  changed: { retried: 'nothing', acts: 'nobody', offered: [] },
  unchanged: { retried: 'nothing', acts: 'nobody', offered: [] },
  stale: { retried: 'next business day', acts: 'site', offered: ['guide', 're-run'] },
  'status-drift': {
    retried: 'nothing',
    acts: 'user',
    offered: ['update-status', 'guide', 're-run'],
  },
  partial: { retried: 'looked twice', acts: 'site', offered: ['re-run'] },
  'number-mismatch': { retried: 'nothing', acts: 'user', offered: ['fix-number', 're-run'] },
  'other-login': { retried: 'nothing', acts: 'user', offered: ['other-source'] },
  gone: { retried: 'looked twice', acts: 'user', offered: ['guide', 're-run'] },
  'never-seen': { retried: 'nothing', acts: 'user', offered: ['guide', 're-run'] },
  'bad-credentials': { retried: 'never', acts: 'user', offered: ['link'] },
  'password-expired': { retried: 'never', acts: 'user', offered: ['link'] },
  'session-ended': { retried: 'never', acts: 'user', offered: ['link'] },
  'code-rejected': { retried: 'never', acts: 'user', offered: ['link'] },
  'code-timed-out': { retried: 'never', acts: 'user', offered: ['link'] },
  'code-asked': { retried: 'never', acts: 'user', offered: ['link'] },
  'not-linked': { retried: 'nothing', acts: 'user', offered: ['re-run'] },
  'lockout-risk': { retried: 'never', acts: 'user', offered: ['unlock-then-link'] },
  locked: { retried: 'never', acts: 'user', offered: ['unlock-then-link'] },
  'action-needed': { retried: 'never', acts: 'user', offered: ['open-portal', 're-run'] },
  'session-conflict': {
    retried: 'after 12 minutes',
    acts: 'user',
    offered: ['run-when-done', 're-run'],
  },
  'carrier-down': { retried: 'after 1, 5, 15 minutes', acts: 'site', offered: ['re-run'] },
  blocked: { retried: 'after hours', acts: 'site', offered: [] },
  'portal-changed': { retried: 'nothing', acts: 'agent', offered: ['re-run', 'ask-support'] },
  implausible: {
    retried: 'nothing',
    acts: 'user',
    offered: ['confirm-values', 're-run', 'ask-support'],
  },
  cancelled: { retried: 'nothing', acts: 'nobody', offered: ['re-run'] },
};

const NAMES = {
  queued: 'Queued',
  'in-progress': 'In progress',
  success: 'Success',
  'not-found': 'Not Found',
  'needs-link': 'Needs link',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const;

/** Of what waits for another try: minutes until then, and what rests meanwhile. */
const restAfter = ({ reason }: Expected, tries = 0) => {
  const none = { sync: 0, source: 0, carrier: 0 };
  switch (TABLE[reason].retried) {
    case 'after 1, 5, 15 minutes':
      return { ...none, sync: [1, 5, 15][tries] ?? 0 };
    case 'after 12 minutes':
      return { ...none, sync: tries < 4 ? 12 : 0, source: tries < 4 ? 12 : 0 };
    case 'after hours':
      return { ...none, sync: 240, carrier: 240 };
    case 'when the carrier goes on':
      return { ...none, carrier: expect.any(Number) as number };
    case 'nothing':
    case 'never':
    case 'looked twice':
    case 'next business day':
      return none;
  }
};

/** Portals that nobody may come to. */
const closed = (): Portals => ({
  carrier: (id) => facts.find((carrier) => carrier.id === id),
  open: () => Promise.reject(new Error('a portal was opened again')),
});

const play = async ({ scene, recorded }: Outcome) => {
  const replay = replayPortals(facts, recorded);
  const time = { now: 0 };
  const codeOf = () => Promise.resolve(undefined);
  const played = await playScene(scene, { portals: replay.portals, time, codeOf });
  return { played, left: replay.left() };
};

const submitted = (recorded: readonly Recorded[]): number =>
  recorded.filter((entry) => entry.call === 'sign-in' && entry.submitted).length;

const readsOf = ({ scene, recorded }: Outcome): number =>
  recorded.filter((entry) => entry.call === 'read' && entry.number === scene.policy.number).length;

const HOUR = 60 * 60_000;

it.each(
  OUTCOMES.map((outcome) => {
    const { status, reason } = outcome.expected;
    return [outcome.label, `${status}, ${reason}`, TABLE[reason].retried, outcome] as const;
  }),
)('%s: %s, tried again: %s', async (_label, _state, _retried, outcome) => {
  const { scene, recorded, expected } = outcome;
  const { status, reason, at = 'end', says } = expected;
  const rule = TABLE[reason];
  const { played, left } = await play(outcome);
  await using _played = played;

  const item = played.seen.get(at);
  if (item === undefined) throw new Error(`Nothing was seen at "${at}"`);
  expect(item.reason).toBe(reason);
  expect(statusOf(item.reason)).toBe(status);
  const shown = reason === 'waiting-for-link' ? 'needs-link' : status;
  expect(statusName(item).name.startsWith(NAMES[shown])).toBe(true);
  expect(sentence(item, 'full')).toContain(says);

  expect(offersOf(item.reason)).toEqual(rule.offered);
  expect(REASONS[item.reason].blame).toBe(rule.acts === 'nobody' ? 'none' : rule.acts);

  expect(left).toBe(0);
  expect(played.passwords).toBe(submitted(recorded));
  if (at !== 'end') return;
  expect(played.rests).toEqual(restAfter(expected, scene.tries));
  const twice = rule.retried === 'looked twice' || status === 'not-found';
  expect(twice ? readsOf(outcome) : 2).toBe(2);
  if (rule.retried === 'never') await played.again(closed(), 24 * HOUR);
});

describe('together', () => {
  it('they are at least 60, each reason there is among them twice or more', () => {
    expect(OUTCOMES.length).toBeGreaterThanOrEqual(60);
    const count = (reason: Reason): number =>
      OUTCOMES.filter(({ expected }) => expected.reason === reason).length;
    // That nobody linked for a day comes of no visit.
    const rare = (Object.keys(REASONS) as Reason[]).filter(
      (reason) => reason !== 'not-linked' && count(reason) < 2,
    );
    expect(rare).toEqual([]);
  });

  it('they hold no password, and no more than one was submitted for each', () => {
    const text = JSON.stringify(OUTCOMES.map(({ recorded }) => recorded));
    expect(text).not.toContain('lantern');
    const more = OUTCOMES.filter(({ recorded }) => submitted(recorded) > 1);
    expect(more.map(({ label }) => label)).toEqual([
      'Northbridge: the session ends, and the next sign-in finds new terms',
    ]);
  });

  it('a sync that needs a person ends, and one that waits for the carrier does not', async () => {
    const outcome = OUTCOMES.find(({ label }) => label.includes('no try is left'));
    if (outcome === undefined) throw new Error('It is not recorded');
    const { played } = await play(outcome);
    await using _played = played;
    expect(played.seen.get('end')?.status).toBe('failed');
  });
});
