import { describe, expect, it } from 'vitest';
import { isEnded, REASONS, statusOf, type Reason } from '#shared/outcome.ts';
import type { UnchangedWhy } from '#core/policies/verdict.ts';
import { blockProblems } from '#simulator/workspace/blocks.ts';
import { card, type MessageSettings } from '#core/requests/messages/card.ts';
import { desiredMessages } from '#core/requests/messages/thread.ts';
import { sentence, shownNumber } from '#core/requests/messages/words.ts';
import { headline, valueLines } from '#core/requests/messages/values.ts';
import type { GuideView, ItemView } from '#core/requests/view.ts';
import { itemOf, marked, NOW, value, viewOf } from '#test/support/views.ts';
import type { DesiredMessage } from '#slack/deliver.ts';

const ALL = Object.keys(REASONS) as Reason[];
const ENDED = ALL.filter((reason) => isEnded(statusOf(reason)));
const FULL: MessageSettings = { privacy: 'full', canLink: true };
const MASKED: MessageSettings = { privacy: 'masked', canLink: true };

/** With the login linked of late, so that every kind of message there is comes along. */
const shownOf = (item: ItemView, settings = FULL): DesiredMessage[] =>
  desiredMessages(
    viewOf(item, { linked: { at: NOW - 9000, name: 'Ana – Northbridge' } }),
    settings,
  );

const cardOf = (item: ItemView, settings = FULL): string => {
  const [card] = desiredMessages(viewOf(item), settings);
  return JSON.stringify(card?.blocks);
};

const closingOf = (item: ItemView, settings = FULL): string =>
  desiredMessages(viewOf(item), settings)
    .filter(({ key }) => key.startsWith('end:'))
    .map(marked)
    .join('\n');

const buttonsOf = (item: ItemView, settings = FULL): string[] =>
  [card(viewOf(item), settings)].flatMap(({ blocks }) =>
    blocks.flatMap((block) =>
      block.type === 'actions'
        ? block.elements.flatMap((each) => (each.type === 'button' ? [each.text.text] : []))
        : [],
    ),
  );

/** Everything of a message that Slack gets, texts, blocks and button values alike. */
const sentOf = (item: ItemView, settings: MessageSettings): string =>
  JSON.stringify(shownOf(item, settings));

const longName = (seed: string): string => seed.repeat(200).slice(0, 200);

const NAMES = {
  plain: 'Mei Chen',
  'of 200 characters': longName('Maximiliana '),
  'in Hebrew': 'שרה לוי',
  'in Arabic, 200 characters': longName('محمد '),
  'of emoji only': longName('👩‍👩‍👧🎉'),
  'full of markup': '*a* _b_ ~c~ `d` ```e``` > f &amp; <g>',
  'made of mentions': '<!channel> <@U0ANA> @here #general <https://evil.example|safe> evil.example',
  'that turn the line around': '\u202Enehc iem\u202C \u2067x',
  'in two lines': 'Mei\nChen\r\n\u2028Ltd',
  'of ampersands': '&'.repeat(200),
  'of asterisks': '*'.repeat(200),
};

const named = (reason: Reason, name: string, many: number): ItemView => {
  const plain = itemOf(reason);
  const several = Array.from({ length: many }, (_, index) => ({ id: `0${index}`, name }));
  return {
    ...plain,
    policy: {
      ...plain.policy,
      contactName: name,
      carrierName: name,
      productName: name,
      number: name,
      status: name,
    },
    source: { ...plain.source, name, holderName: name, mayLink: many % 2 === 0 },
    otherLinked: several,
    notBefore: many * NOW,
    ...(plain.guide === undefined
      ? {}
      : {
          guide: {
            closeNumbers: several.map((one, index) => ({
              number: one.name,
              taken: index % 2 === 1,
            })),
            namedStatus: name,
            otherLogins: several.map((one, index) => ({ ...one, linked: index % 2 === 0 })),
            ...(many === 3
              ? { statusEdit: { from: name, to: name, by: name, at: NOW, crmTold: false } }
              : {}),
            ...(many === 4
              ? { numberEdit: { from: name, to: name, by: name, at: NOW, crmTold: false } }
              : {}),
          },
        }),
    detail: {
      ...plain.detail,
      carrierStatus: name,
      missing: several.map((one) => one.name),
      closeNumbers: several.map((one) => one.name),
      otherSources: several,
      values: Array.from({ length: many * 20 }, (_, index) => value(`${name}${index}`, index)),
      changes: several.map((one) => ({
        name: one.name,
        to: { minor: -1_234_567_890, currency: 'CAD' },
        from: { minor: 5, currency: 'USD' },
        asOf: '2026-11-16',
      })),
    },
  };
};

describe.each(ALL)('the messages of the reason %s', (reason) => {
  it.each(Object.entries(NAMES))('are taken by Slack with names %s', (_, name) => {
    for (const many of [0, 1, 3, 4])
      for (const settings of [FULL, MASKED, { ...FULL, canLink: false }])
        for (const { text, blocks } of shownOf(named(reason, name, many), settings)) {
          expect(blockProblems(blocks, 'message')).toEqual([]);
          expect(text.length).toBeLessThanOrEqual(4000);
          expect(text.isWellFormed()).toBe(true);
          expect(JSON.stringify(blocks)).not.toMatch(/\\ud[89a-f]/i);
          expect(text).not.toMatch(/undefined|null|NaN|\[object/);
        }
  });

  it.each([0, 1, 60])('are taken by Slack with %i values', (count) => {
    const values = Array.from({ length: count }, (_, index) => value(`Value ${index}`, index));
    const changes = values.map(({ name, amount, asOf }) => ({ name, to: amount, asOf }));
    const detail = { ...itemOf(reason).detail, values, changes };
    for (const { text, blocks } of shownOf(itemOf(reason, { detail }))) {
      expect(blockProblems(blocks, 'message')).toEqual([]);
      expect(text.length).toBeLessThanOrEqual(4000);
    }
  });

  it('mention nobody but the person who asked, whatever a name holds', () => {
    for (const { text, blocks } of shownOf(named(reason, NAMES['made of mentions'], 2))) {
      // Buttons are plain text, in which Slack reads no markup.
      const marked = blocks.filter(({ type }) => type !== 'actions');
      const tokens = `${text} ${JSON.stringify(marked)}`.match(/<[^>]*>/g) ?? [];
      expect(tokens.filter((token) => !/^<(@U0ANA|!date\^\d+\^[^>]*)>$/.test(token))).toEqual([]);
    }
  });

  it('name no command, for a firm may call it otherwise', () => {
    for (const status of [itemOf(reason).status, 'queued'] as const)
      for (const { text } of shownOf(itemOf(reason, { status }))) expect(text).not.toMatch(/`\/\w/);
  });

  it('leave nothing in bold, italics or code that is a name', () => {
    const text = sentence(named(reason, NAMES['full of markup'], 2), 'full');
    expect(text.replaceAll(/\*(?! )[^*\n]+\*/g, '')).not.toMatch(/[*`~]|(?<!\w)_|_(?!\w)/);
  });

  it('give away neither number nor amount where these are hidden', () => {
    const amounts = [value('Account Value', 412_806.44), value('Cash Value', 7)];
    for (const number of ['00123-4567', '1234', 'AB', '7', '12345678901234567890']) {
      const item = itemOf(reason);
      const hidden = {
        ...item,
        policy: { ...item.policy, number },
        ...(item.guide === undefined
          ? {}
          : {
              guide: {
                ...item.guide,
                closeNumbers: ['98765-4321', '55'].map((close) => ({
                  number: close,
                  taken: false,
                })),
              },
            }),
        detail: {
          ...item.detail,
          values: amounts,
          closeNumbers: ['98765-4321', '55'],
          changes: amounts.map(({ name, amount, asOf }) => ({ name, to: amount, asOf })),
        },
      };
      const sent = sentOf(hidden, MASKED);
      expect(sent).not.toMatch(/[$€]|412[,.]?806|98765|•55/);
      const long = number.length > 4 ? number : `•${number}`;
      expect(sent).not.toContain(long);
    }
  });

  it('are the same for the same request, so that Slack is not told twice', () => {
    expect(shownOf(itemOf(reason))).toEqual(shownOf(itemOf(reason)));
  });
});

describe('a person reads, when the reason is', () => {
  it.each([
    ['waiting', 'Number 3 in line. Starts in about 25 seconds.'],
    [
      'source-busy',
      'Number 3 in line: another policy is being read through *Ana at Northbridge*. Starts in about 25 seconds.',
    ],
    [
      'waiting-for-link',
      '*Ana at Northbridge* is unlinked. Link it, and this sync starts by itself.',
    ],
    ['changed', 'Values as of Nov 17, 2026 are in.'],
    [
      'unchanged',
      'Verified, nothing changed: the carrier has published nothing newer yet. Values are as of Nov 17, 2026.',
    ],
    [
      'stale',
      "The newest values at Northbridge Life are as of Nov 3, 2026; by now they should be as of Nov 17, 2026. Check the policy's status there (it shows *In Force*). If it is no longer active, update its status in the CRM; if it is, sync again on the next business day.",
    ],
    [
      'number-mismatch',
      'Northbridge Life has no *00123-4567* in this login. Did you mean *00123-4576*? Correct the number, and we sync again.',
    ],
    [
      'never-seen',
      "Two searches did not find it in this login. Compare the number with Northbridge Life's site. If it differs, correct it in the CRM and sync again. If it is right, the policy is probably no longer active there: update its status in the CRM.",
    ],
    [
      'bad-credentials',
      "Northbridge Life refused the user ID or password of *Ana at Northbridge*. It was sent once and won't be sent again. Link it with the right one, and this sync starts by itself.",
    ],
  ] as const)('%s: %s', (reason, text) => {
    expect(sentence(itemOf(reason), 'full')).toBe(text);
  });

  it.each(
    ENDED.filter((reason) => !['changed', 'unchanged', 'cancelled', 'blocked'].includes(reason)),
  )('%s: what to do next', (reason) => {
    expect(sentence(itemOf(reason), 'full')).toMatch(/sync again|sync the policy|link it/i);
  });

  it.each(ALL.filter((reason) => statusOf(reason) === 'needs-link'))(
    '%s of somebody else’s login: whom to ask',
    (reason) => {
      const item = itemOf(reason);
      const said = sentence({ ...item, source: { ...item.source, mayLink: false } }, 'full');
      expect(said).toContain('Ask Ana Ruiz or a manager to link it');
      expect(said).not.toContain('Link it');
    },
  );

  it.each([
    'same-as-of',
    'market-closed',
    'valued-yearly',
    'no-movement',
    'no-values',
  ] satisfies UnchangedWhy[])('unchanged because of %s: why', (why) => {
    const said = sentence(itemOf('unchanged', { detail: { why } }), 'full');
    expect(said).toMatch(/^Verified, nothing changed: [^.]{20,}\.$/);
  });

  it('stale of a fixed product: that it is more than a year, and no date it could not have', () => {
    const item = itemOf('stale');
    const policy = { ...item.policy, productClass: 'fixed' as const };
    const said = sentence({ ...item, policy }, 'full');
    expect(said).toContain('as of Nov 3, 2026, more than a year ago');
    expect(said).not.toContain('Nov 17');
  });

  it('stale because the page went back: that the newer values are kept', () => {
    const detail = { ...itemOf('stale').detail, keptNewer: ['Account Value'] };
    expect(sentence(itemOf('stale', { detail }), 'full')).toContain('yours are kept');
  });

  it('trouble that is tried again: when, and that nothing is to be done', () => {
    const again = { status: 'queued', notBefore: NOW + 60_000 } as const;
    const said = sentence(itemOf('carrier-down', again), 'full');
    expect(said).toMatch(/Next try: <!date\^\d+\^/);
    expect(said).toContain('There is nothing for you to do');
    expect(cardOf(itemOf('carrier-down', again))).toContain('Failed for now');
  });

  it("waiting for Slack's word on whose password it is: what it waits for, and until when", () => {
    const detail = { ...itemOf('waiting').detail, waitsFor: 'slack' } as const;
    const item = itemOf('waiting', { detail, position: 1, notBefore: NOW + 60_000 });
    expect(cardOf(item)).toContain('Slack has not told us yet that');
    expect(sentence(item, 'full')).toMatch(/Next try: <!date\^\d+\^.*nothing for you to do/);
    // Once it goes on, it is a wait like others.
    expect(sentence(itemOf('waiting', { detail, position: 1 }), 'full')).toMatch(/^Next in line/);
  });

  it('waiting at a carrier that rests: until when, and no start it cannot keep', () => {
    const said = sentence(itemOf('waiting', { position: 1, notBefore: NOW }), 'full');
    expect(said).toMatch(/^Waits <!date\^\d+\^until /);
  });

  it.each([
    [1, 8, 'Next in line: it starts in a few seconds.'],
    [2, 8, 'Number 2 in line. Starts in about 15 seconds.'],
    [20, 8, 'Number 20 in line. Starts in about 3 minutes.'],
    [2000, 8, 'Number 2000 in line. Starts in about 4 hours.'],
  ])('waiting as number %i, %i seconds each: %s', (position, secondsPerPolicy, text) => {
    expect(sentence(itemOf('waiting', { position, secondsPerPolicy }), 'full')).toBe(text);
  });

  it('tells of tries that broke off in its own words', () => {
    const said = sentence(itemOf('portal-changed', { detail: { deaths: 4 } }), 'full');
    expect(said).toMatch(/broke off each of our tries .* your values are kept\. Sync again later/);
  });
});

describe('the card', () => {
  it('shows old and new value, difference and date', () => {
    const card = cardOf(itemOf('changed'));
    expect(card).toContain('Account Value  $409,112.90 → *$412,806.44*  +$3,693.54 (+0.9%)');
    expect(card).toContain('Death Benefit  $500,000.00');
    expect(card).toContain('as of Nov 17, 2026');
  });

  it('says the date of a value that has its own', () => {
    const values = [value('Account Value', 5), value('Death Benefit', 9, '2020-01-02')];
    const card = cardOf(itemOf('unchanged', { detail: { values, asOf: '2026-11-17' } }));
    expect(card).toContain('Death Benefit  $9.00  (as of Jan 2, 2020)');
    expect(card).toContain('Account Value  $5.00\\n');
  });

  it('calls what was not known before a first value, and no change', () => {
    const first = {
      name: 'Account Value',
      to: { minor: 500, currency: 'USD' },
      asOf: '2026-11-17',
    };
    const moved = { ...first, name: 'Cash Value', from: { minor: 400, currency: 'USD' } };
    const said = (changes: (typeof first)[]) => {
      const item = itemOf('changed', { detail: { changes, asOf: '2026-11-17' } });
      return [valueLines(item, 'masked')[0], headline(item, 'full')];
    };
    expect(said([first, { ...first, name: 'Death Benefit' }])).toEqual([
      '2 first values. Amounts stay out of this channel.',
      'Account Value is *$5.00*, 1 more first value',
    ]);
    expect(said([first, moved, { ...moved, name: 'Face Value' }])).toEqual([
      '2 values changed, 1 first value. Amounts stay out of this channel.',
      'Account Value is *$5.00*, 2 more changed',
    ]);
  });

  it('gives no difference between two currencies', () => {
    const change = {
      name: 'Account Value',
      from: { minor: 50_000, currency: 'USD' },
      to: { minor: 70_000, currency: 'CAD' },
      asOf: '2026-11-17',
    };
    const card = cardOf(itemOf('changed', { detail: { changes: [change], asOf: '2026-11-17' } }));
    expect(card).toContain('Account Value  $500.00 → *CA$700.00*"');
  });

  it('shows a status that is in no vocabulary, beside that of the CRM', () => {
    const { detail } = itemOf('changed');
    const card = cardOf(itemOf('changed', { detail: { ...detail, carrierStatus: 'On Review' } }));
    expect(card).toContain("shows the status *On Review*, which we don't know");
    expect(cardOf(itemOf('changed'))).not.toContain("which we don't know");
  });

  it('counts what a phone has no room for', () => {
    const values = Array.from({ length: 60 }, (_, index) => value(`Value ${index}`, index));
    const card = cardOf(itemOf('unchanged', { detail: { values, asOf: '2026-11-17' } }));
    expect(card).toContain('and 52 more');
    expect(card).not.toContain('Value 9 ');
  });

  it.each(
    ENDED.filter((reason) => !['changed', 'unchanged', 'other-login', 'blocked'].includes(reason)),
  )('has a button for the next step when it ended as %s', (reason) => {
    expect(buttonsOf(itemOf(reason))).not.toEqual([]);
  });

  it('offers other logins that are linked, three at most', () => {
    const otherLinked = ['A', 'B', 'C', 'D'].map((name) => ({ id: name, name }));
    expect(buttonsOf(itemOf('other-login', { otherLinked }))).toEqual(['Use A', 'Use B', 'Use C']);
    expect(buttonsOf(itemOf('session-ended', { otherLinked: otherLinked.slice(0, 1) }))).toEqual([
      'Link Ana at Northbridge',
      'Use A',
    ]);
  });

  it('offers a login that must be linked first where no linked one could answer', () => {
    expect(buttonsOf(itemOf('other-login'))).toEqual(['Use Agency login']);
  });

  it('calls nobody before the end', () => {
    expect(cardOf(itemOf('waiting'))).not.toContain('<@');
  });

  it('offers Link to nobody who may not, and says why when it cannot be offered at all', () => {
    const item = itemOf('session-ended');
    const others = { ...item, source: { ...item.source, mayLink: false } };
    expect(buttonsOf(others)).toEqual([]);
    expect(buttonsOf(item, { ...FULL, canLink: false })).toEqual([]);
    expect(cardOf(item, { ...FULL, canLink: false })).toContain('Linking is off');
  });

  it('offers Cancel as long as it waits, and never after its end', () => {
    const offering = ALL.filter((reason) => buttonsOf(itemOf(reason)).includes('Cancel'));
    expect(offering).toEqual(ALL.filter((reason) => statusOf(reason) === 'queued'));
    expect(buttonsOf(itemOf('blocked', { status: 'queued' }))).toEqual(['Cancel']);
  });

  it('lets someone who has left the portal run it now', () => {
    expect(buttonsOf(itemOf('session-conflict', { status: 'queued' }))).toEqual([
      "Run now, I'm done",
      'Cancel',
    ]);
    expect(buttonsOf(itemOf('session-conflict'))).toEqual(['Sync again']);
  });

  it('takes the code of the sign-in it waits for, and of no other', () => {
    expect(buttonsOf(itemOf('code-needed', { codeFor: '01SIGNIN' }))).toEqual(['Enter code']);
    expect(buttonsOf(itemOf('code-needed'))).toEqual([]);
  });

  it('says why it is not where it was asked for', () => {
    const note = 'Here and not in <#C0SHARED>, because people of another company read it.';
    const [card] = desiredMessages(viewOf(itemOf('changed'), { channelNote: note }), FULL);
    expect(JSON.stringify(card?.blocks)).toContain(note);
  });
});

describe('the closing reply', () => {
  it('says at a glance who is told, of which policy, and what changed', () => {
    expect(closingOf(itemOf('changed'))).toBe(
      '<@U0ANA> :white_check_mark: *Success*: *Mei Chen* · Northbridge Life *00123-4567*. Account Value is now *$412,806.44*, +$3,693.54 (+0.9%).',
    );
  });

  it('of partial says what needs a person first', () => {
    const item = itemOf('partial');
    expect(closingOf(item)).toContain(sentence(item, 'full'));
    expect(closingOf(item)).toContain('$412,806.44');
  });

  it.each([
    ['status-drift', 'Northbridge Life says *Surrendered*, the CRM says *In Force*.'],
    ['number-mismatch', 'Did you mean *00123-4576*?'],
    ['never-seen', 'Two searches did not find it.'],
  ] as const)('of %s leaves the next steps to the checklist above it', (reason, words) => {
    expect(closingOf(itemOf(reason))).toMatch(/See the steps above\.$/);
    expect(closingOf(itemOf(reason))).toContain(words);
  });

  it.each([
    ['stale', 'Success, old values'],
    ['status-drift', 'Success, status differs'],
    ['partial', 'Success, in part'],
  ] as const)('of %s does not look like a Success that needs nobody', (reason, words) => {
    expect(closingOf(itemOf(reason))).toContain(`:large_yellow_circle: *${words}*`);
  });

  it('says of a status in no vocabulary what the card says, for one policy and among many', () => {
    const { detail } = itemOf('changed');
    const item = itemOf('changed', { detail: { ...detail, carrierStatus: 'On Review' } });
    const closing = closingOf(item);
    expect(closing).toContain("shows the status *On Review*, which we don't know");
    expect(cardOf(item)).toContain("shows the status *On Review*, which we don't know");
    const [one, other] = [item, { ...itemOf('changed'), syncId: '02SYNC' }];
    const many = desiredMessages({ ...viewOf(one), items: [one, other] }, FULL).at(-1);
    expect(many?.text).toContain('On Review');
    expect(many?.text).not.toContain('Nothing needs you');
  });

  it('comes once for each end, and not before', () => {
    const keys = (item: ItemView) => desiredMessages(viewOf(item), FULL).map(({ key }) => key);
    expect(keys(itemOf('reading'))).toEqual(['card']);
    expect(keys(itemOf('locked'))).toEqual(['card', `end:${NOW}:needs-link`]);
    expect(keys(itemOf('gone'))).toEqual(['card', `guide:01SYNC:${NOW}`, `end:${NOW}:not-found`]);
    expect(keys(itemOf('gone', { finishedAt: NOW + 1 }))).toEqual([
      'card',
      `guide:01SYNC:${NOW + 1}`,
      `end:${NOW + 1}:not-found`,
    ]);
  });
});

it('a notification, which reads no blocks, says the result in its text', () => {
  const [card] = desiredMessages(viewOf(itemOf('changed')), FULL);
  const [title, policy, ...rest] = card?.text.split('\n') ?? [];
  expect(title).toBe('Success · Mei Chen');
  expect(policy).toMatch(/^Northbridge Life 00123-4567 · /);
  expect(rest.join('\n')).toContain('$412,806.44');
  expect(rest.join('\n')).toContain('+$3,693.54');
});

it('a name from right to left does not turn the rest of its line', () => {
  const item = itemOf('changed');
  const policy = { ...item.policy, contactName: 'שרה לוי' };
  expect(closingOf({ ...item, policy })).toContain('*\u2068שרה לוי\u2069* · Northbridge Life');
});

it.each([
  ['00123-4567', '•••4567'],
  ['123456', '•••456'],
  ['1234', '•••34'],
  ['7', '•••'],
  ['', '•••'],
  ['🎉🎉', '•••🎉'],
])('the number %j is masked as %j', (number, masked) => {
  expect(shownNumber(number, 'masked')).toBe(masked);
});

describe('the card of a number that the carrier does not know', () => {
  const guide = {
    closeNumbers: [
      { number: '00123-4576', taken: false },
      { number: '00123-4560', taken: true },
    ],
    otherLogins: [],
  };
  const buttonsOf = (given: Partial<GuideView> = {}): string => {
    const item = itemOf('number-mismatch', { guide: { ...guide, ...given } });
    const { blocks } = card(viewOf(item), FULL);
    return JSON.stringify(blocks.filter(({ type }) => type === 'actions'));
  };

  it('corrects it itself, and offers no sync of the wrong one', () => {
    expect(buttonsOf()).toContain('Correct to 00123-4576');
    expect(buttonsOf()).not.toContain('00123-4560');
    expect(buttonsOf()).not.toContain('Sync again');
  });

  it('sends nobody to correct it to the number of another policy', () => {
    const closeNumbers = [{ number: '00123-4576', taken: true }];
    const item = itemOf('number-mismatch', { guide: { ...guide, closeNumbers } });
    expect(sentence(item, 'full')).toBe(
      "Northbridge Life has no *00123-4567* in this login. *00123-4576* is close, but belongs to another policy in the CRM. Compare *00123-4567* with Northbridge Life's site.",
    );
    expect(closingOf(item)).toContain('There is no such number in this login.');
    expect(buttonsOf({ closeNumbers })).toContain('Sync again');
  });

  it('asks in its reply of the numbers alone that its card asks of', () => {
    const detail = { ...itemOf('number-mismatch').detail };
    detail.closeNumbers = ['00123-4576', '00123-4560'];
    const item = itemOf('number-mismatch', { detail, guide });
    expect(closingOf(item)).toContain('Did you mean *00123-4576*?');
  });

  it('offers another sync where no number is likely', () => {
    expect(buttonsOf({ closeNumbers: [] })).toContain('Sync again');
  });
});

it('a card says when it was asked for, and when it ended where that is later', () => {
  const footer = (finishedAt: number): string => {
    const view = viewOf(itemOf('unchanged', { finishedAt }));
    const { blocks } = card({ ...view, createdAt: NOW }, FULL);
    return JSON.stringify(blocks.filter(({ type }) => type === 'context'));
  };
  const [asked, later] = [NOW / 1000, NOW / 1000 + 240];
  expect(footer(NOW + 5000)).toContain(`<!date^${Math.floor(asked)}`);
  expect(footer(NOW + 5000)).not.toContain('ended');
  expect(footer(NOW + 240_000)).toMatch(
    new RegExp(`<!date\\^${Math.floor(asked)}.*ended <!date\\^${Math.floor(later)}`),
  );
});
