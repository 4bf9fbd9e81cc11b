import { expect, it } from 'vitest';
import { toldOfAdded, toldOfChange } from '#core/logins/told.ts';
import type { LoginSource, SharedWith } from '#core/logins/store/login-sources.ts';

const person = (id: string): SharedWith => ({ id, name: id, slackId: id.toUpperCase() });
const [ana, ben, cho, marcus] = ['ana', 'ben', 'cho', 'marcus'].map(person) as [
  SharedWith,
  SharedWith,
  SharedWith,
  SharedWith,
];
const source: LoginSource = {
  id: 'source',
  name: 'Ana <desk>',
  carrierName: 'Northbridge Life',
  holderId: 'ana',
  holderName: 'ana',
  holderSlackId: 'ANA',
  sharedWith: [ben],
  linked: true,
  linkEndsAt: null,
  unlinkedReason: null,
  heldUntil: 0,
  heldByName: null,
  automatic: false,
  passwordKept: false,
  waiting: 0,
};
const share = (people: SharedWith[], by = ana) =>
  toldOfChange(source, { kind: 'share', people }, by).map(({ to, title }) => `${to.id}: ${title}`);

it('tells with whom a login is shared from now on, and with whom no more', () => {
  expect(share([ben, cho])).toEqual(['cho: Ana &lt;desk&gt; is shared with you']);
  expect(share([])).toEqual(['ben: Ana &lt;desk&gt; is no longer shared with you']);
  expect(share([ben])).toEqual([]);
});

it('tells nobody of what they did themselves, and its holder of no share', () => {
  expect(share([ana, marcus, ben], marcus)).toEqual([]);
});

it('names once whom to ask for a login that is shared no more', () => {
  const told = (by: SharedWith) =>
    toldOfChange(source, { kind: 'share', people: [] }, by).map(({ text }) => text);
  expect(told(marcus)).toEqual([expect.stringContaining('marcus changed who uses this')]);
  expect(told(marcus).join()).toContain('Ask *ana*');
  expect(told(ana)).toEqual([
    'ana no longer shares this Northbridge Life login with you. Ask them if you still need it.',
  ]);
});

it('leaves who is not on Slack yet shared with, and untold', () => {
  const unseen = { ...source, sharedWith: [{ ...cho, slackId: null }] };
  expect(toldOfChange(unseen, { kind: 'share', people: [] }, ana)).toEqual([]);
});

it('tells the holder of an unlink and a removal by another person, and who shared it of its end', () => {
  const told = (kind: 'unlink' | 'remove', by: SharedWith) =>
    toldOfChange(source, { kind }, by).map(({ to, text }) => `${to.id}: ${text}`);
  expect(told('unlink', ana)).toEqual([]);
  expect(told('unlink', marcus)).toEqual([
    expect.stringMatching(/^ana: marcus unlinked your Northbridge Life login/),
  ]);
  expect(told('remove', marcus)).toEqual([
    expect.stringMatching(/^ana: marcus removed your/),
    expect.stringMatching(/^ben: marcus removed this .* which was shared with you/),
  ]);
});

it('tells a person of a login that is added for them', () => {
  expect(toldOfAdded(source, ana)).toEqual([]);
  expect(toldOfAdded(source, marcus)).toMatchObject([
    { to: { slackId: 'ANA' }, title: 'Ana &lt;desk&gt; is added for you' },
  ]);
});
