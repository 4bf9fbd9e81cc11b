import { describe, expect, it } from 'vitest';
import { LINK_LIFE } from '#core/sign-in/rules.ts';
import {
  confirmLink,
  continueLink,
  findLink,
  issueLink,
  openPairings,
  replaceLink,
} from '#core/sign-in/link.ts';
import { pairingModal } from '#core/sign-in/link-modals.ts';
import { openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';
import { REMEMBERED_LIFE } from '#web/cookies.ts';

const BROWSER = 'cookie of the first browser';
const OTHER = 'cookie of another browser';

const deps = (firm: LinkFirm) => firm;

const issue = async (firm: LinkFirm, personId = 'dana') => {
  const issued = await issueLink(deps(firm), { personId, sourceId: 'source' });
  if (issued.kind !== 'issued') throw new Error('The link was not issued.');
  return issued;
};

const standing = async (firm: LinkFirm, token: string, browser?: string) =>
  (await findLink(deps(firm), token, browser))?.standing.kind;

describe('a link', () => {
  it('is fresh at each click, and only its hash is stored', async () => {
    await using firm = await openLinkFirm();
    const [one, two] = [await issue(firm), await issue(firm)];
    expect(one.token).not.toBe(two.token);
    expect(JSON.stringify(await firm.db.selectFrom('link').selectAll().execute())).not.toContain(
      one.token,
    );
  });

  it('is issued to the holder, a sharer and a manager, not to others or the deactivated', async () => {
    await using firm = await openLinkFirm();
    const kind = async (personId: string) =>
      (await issueLink(deps(firm), { personId, sourceId: 'source' })).kind;
    expect(await kind('mona')).toBe('issued');
    expect(await kind('omar')).toBe('not-allowed');
    await firm.db
      .insertInto('source_share')
      .values({ source_id: 'source', person_id: 'omar' })
      .execute();
    expect(await kind('omar')).toBe('issued');
    await firm.db
      .updateTable('person')
      .set({ deactivated_at: 1 })
      .where('id', '=', 'dana')
      .execute();
    expect(await kind('dana')).toBe('not-allowed');
    expect(await kind('nobody')).toBe('not-allowed');
  });

  it('has a number that follows from nothing its issuer knows: it is drawn when a browser comes', async () => {
    await using firm = await openLinkFirm();
    const { token } = await issue(firm);
    const drawn = async (byte: number) => {
      const random = (bytes: number) => new Uint8Array(bytes).fill(byte);
      const standing = await continueLink({ ...deps(firm), random }, token, BROWSER);
      await firm.db.updateTable('link').set({ browser_hash: null, pairing_number: null }).execute();
      return 'number' in standing ? standing.number : undefined;
    };
    // The very same link, another draw.
    expect([await drawn(0), await drawn(1), await drawn(89)]).toEqual(['10', '11', '99']);
  });

  it('is not used up by looking, so that a mail scanner does no harm', async () => {
    await using firm = await openLinkFirm();
    const { token } = await issue(firm);
    for (let look = 0; look < 3; look += 1) expect(await standing(firm, token)).toBe('new');
    expect(await standing(firm, token, BROWSER)).toBe('new');
  });

  it('is tied by the first Continue and opened by the number typed in Slack', async () => {
    await using firm = await openLinkFirm();
    const { token, linkId } = await issue(firm);
    const shown = await continueLink(deps(firm), token, BROWSER);
    if (shown.kind !== 'pairing') throw new Error(`It is ${shown.kind}.`);
    expect(shown.number).toMatch(/^[1-9]\d$/);
    expect(firm.pairings).toHaveLength(1);
    expect(await openPairings(deps(firm), 'dana')).toEqual(firm.pairings);
    expect(await confirmLink(deps(firm), 'dana', linkId, shown.number)).toEqual({
      kind: 'confirmed',
    });
    expect(await standing(firm, token, BROWSER)).toBe('ready');
    expect(await openPairings(deps(firm), 'dana')).toEqual([]);
    expect(await confirmLink(deps(firm), 'dana', linkId, shown.number)).toEqual({
      kind: 'already',
    });
  });

  it('refuses a second browser, before and after it is confirmed', async () => {
    await using firm = await openLinkFirm();
    const { token, linkId } = await issue(firm);
    const shown = await continueLink(deps(firm), token, BROWSER);
    expect((await continueLink(deps(firm), token, OTHER)).kind).toBe('other-browser');
    await confirmLink(deps(firm), 'dana', linkId, shown.kind === 'pairing' ? shown.number : '');
    expect((await continueLink(deps(firm), token, OTHER)).kind).toBe('other-browser');
    expect(await standing(firm, token, BROWSER)).toBe('ready');
  });

  it('goes to one of two browsers that continue at the same moment', async () => {
    await using firm = await openLinkFirm();
    const { token } = await issue(firm);
    const kinds = (
      await Promise.all([BROWSER, OTHER].map((browser) => continueLink(deps(firm), token, browser)))
    ).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['other-browser', 'pairing']);
  });

  it('ends with the wrong number', async () => {
    await using firm = await openLinkFirm();
    const { token, linkId } = await issue(firm);
    const shown = await continueLink(deps(firm), token, BROWSER);
    const right = shown.kind === 'pairing' ? shown.number : '';
    const wrong = right === '42' ? '43' : '42';
    expect(await confirmLink(deps(firm), 'dana', linkId, wrong)).toEqual({
      kind: 'wrong-number',
    });
    expect(await standing(firm, token, BROWSER)).toBe('wrong-number');
    expect(await confirmLink(deps(firm), 'dana', linkId, right)).toEqual({
      kind: 'wrong-number',
    });
  });

  it('shows who asked for it nothing that depends on the number', async () => {
    await using firm = await openLinkFirm();
    const seen = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const { token, linkId } = await issue(firm);
        const shown = await continueLink(deps(firm), token, BROWSER);
        const pairing = firm.pairings.find((each) => each.linkId === linkId);
        if (pairing === undefined) throw new Error('Slack was not asked.');
        return {
          number: shown.kind === 'pairing' ? shown.number : '',
          modal: JSON.stringify(pairingModal({ ...pairing, linkId: 'L', expiresAt: 0 })),
        };
      }),
    );
    expect(new Set(seen.map(({ number }) => number)).size).toBeGreaterThan(10);
    expect(new Set(seen.map(({ modal }) => modal)).size).toBe(1);
  });

  it('is confirmed by nobody else', async () => {
    await using firm = await openLinkFirm();
    const { token, linkId } = await issue(firm);
    const shown = await continueLink(deps(firm), token, BROWSER);
    expect(
      await confirmLink(deps(firm), 'mona', linkId, shown.kind === 'pairing' ? shown.number : ''),
    ).toEqual({ kind: 'not-yours' });
  });

  it('needs no number in a browser confirmed in the last 30 days, for that person alone', async () => {
    await using firm = await openLinkFirm();
    const first = await issue(firm);
    const shown = await continueLink(deps(firm), first.token, BROWSER);
    await confirmLink(
      deps(firm),
      'dana',
      first.linkId,
      shown.kind === 'pairing' ? shown.number : '',
    );
    expect((await continueLink(deps(firm), (await issue(firm)).token, BROWSER)).kind).toBe('ready');
    expect((await continueLink(deps(firm), (await issue(firm, 'mona')).token, BROWSER)).kind).toBe(
      'pairing',
    );
    firm.time.now += REMEMBERED_LIFE;
    expect((await continueLink(deps(firm), (await issue(firm)).token, BROWSER)).kind).toBe(
      'pairing',
    );
  });

  it('expires after 15 minutes, tied or not', async () => {
    await using firm = await openLinkFirm();
    const [tied, untied] = [await issue(firm), await issue(firm)];
    const shown = await continueLink(deps(firm), tied.token, BROWSER);
    firm.time.now += LINK_LIFE;
    expect((await continueLink(deps(firm), untied.token, BROWSER)).kind).toBe('expired');
    expect(await standing(firm, tied.token, BROWSER)).toBe('expired');
    expect(
      await confirmLink(
        deps(firm),
        'dana',
        tied.linkId,
        shown.kind === 'pairing' ? shown.number : '',
      ),
    ).toEqual({ kind: 'expired' });
  });

  it('that nobody issued is unknown', async () => {
    await using firm = await openLinkFirm();
    expect(await continueLink(deps(firm), "' or 1=1 --", BROWSER)).toEqual({ kind: 'unknown' });
  });
});

describe('a page that lost its browser', () => {
  it('is ended by a new one, which alone is asked about', async () => {
    await using firm = await openLinkFirm();
    const lost = await issue(firm);
    await continueLink(firm, lost.token, BROWSER);
    const fresh = await replaceLink(firm, 'dana', lost.linkId);
    if (fresh.kind !== 'issued') throw new Error('The link was not issued.');
    expect(await standing(firm, lost.token, BROWSER)).toBe('replaced');
    expect(await openPairings(firm, 'dana')).toEqual([]);
    await continueLink(firm, fresh.token, OTHER);
    expect((await openPairings(firm, 'dana')).map(({ linkId }) => linkId)).toEqual([fresh.linkId]);
  });

  it('goes on when it was confirmed meanwhile', async () => {
    await using firm = await openLinkFirm();
    const used = await issue(firm);
    await continueLink(firm, used.token, BROWSER);
    const [pairing] = await openPairings(firm, 'dana');
    const number = (await findLink(firm, used.token, BROWSER))?.link.pairingNumber ?? '';
    await confirmLink(firm, 'dana', pairing?.linkId ?? '', number);
    expect((await replaceLink(firm, 'dana', used.linkId)).kind).toBe('issued');
    expect(await standing(firm, used.token, BROWSER)).toBe('ready');
  });

  it('is ended by nobody else', async () => {
    await using firm = await openLinkFirm();
    const lost = await issue(firm);
    await continueLink(firm, lost.token, BROWSER);
    expect(await replaceLink(firm, 'mona', lost.linkId)).toEqual({ kind: 'not-allowed' });
    expect(await standing(firm, lost.token, BROWSER)).toBe('pairing');
  });
});
