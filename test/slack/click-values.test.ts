import { describe, expect, it } from 'vitest';
import { parseClick, parsePicker } from '#core/requests/click-values.ts';
import { parsePair } from '#core/sign-in/link-slack.ts';
import { parsePolicy } from '#slack/click-values.ts';
import { clickValue } from '#core/requests/messages/card.ts';

const PARSERS = { parseClick, parsePair, parsePicker, parsePolicy };

describe('what comes back from Slack', () => {
  it('is read as it was sent', () => {
    expect(parseClick(clickValue('r', 's'))).toEqual({ request: 'r', sync: 's' });
    expect(parseClick(clickValue('r', 's', 'l'))).toEqual({ request: 'r', sync: 's', source: 'l' });
    expect(parsePair('{"link":"l"}')).toEqual({ link: 'l' });
    const origin = { askedIn: 'C1', channel: 'U1', note: 'Here, because the channel is shared.' };
    expect(parsePicker(JSON.stringify({ origin, policy: 'p' }))).toEqual({ origin, policy: 'p' });
  });

  it.each(Object.entries(PARSERS))('is nothing to %s when it is not what was sent', (_, parse) => {
    const odd = [
      undefined,
      '',
      'open',
      'null',
      '[]',
      '7',
      '"x"',
      '{',
      '{}',
      '\u0000',
      '🎉',
      '{"__proto__":{"request":"r","sync":"s"}}',
      '{"request":1,"sync":[]}',
      '{"policy":""}',
      `{"policy":"${'p'.repeat(101)}"}`,
      '{"link":7}',
      '{"link":""}',
      '{"origin":"C1"}',
      `{"request":"${'r'.repeat(10_000)}","sync":"s"}`,
    ];
    expect(odd.map((text) => parse(text))).toEqual(odd.map(() => undefined));
  });

  it('keeps only what is known of it', () => {
    expect(parseClick('{"request":"r","sync":"s","role":"owner"}')).toEqual({
      request: 'r',
      sync: 's',
    });
  });

  it('fits into a button with the longest ids there are', () => {
    const id = 'x'.repeat(100);
    expect(clickValue(id, id, id).length).toBeLessThan(2000);
    expect(parseClick(clickValue(id, id, id))).toBeDefined();
  });
});
