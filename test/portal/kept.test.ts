import { expect, it } from 'vitest';
import { makeKept, openKept, withoutSecrets } from '#portal/kept.ts';

const FORM = '[{"url":"/login","body":"userId=ana&password=lantern-42"}]';

it('keeps of a session what it needs, and nothing that holds the password', () => {
  const record = (value: string) => ({ key: 'x', value: { sent: { body: value } } });
  const storage = {
    cookies: [],
    origins: [
      {
        origin: 'https://portal.example',
        localStorage: [
          { name: 'queue', value: FORM },
          { name: 'token', value: 'abc' },
        ],
        indexedDB: [
          {
            name: 'calls',
            version: 1,
            stores: [{ name: 'lost', records: [record(FORM), record('token=abc')] }],
          },
        ],
      },
    ],
  };
  const tab: Record<string, [string, string][]> = {
    'https://portal.example': [
      ['posted', FORM],
      ['tab', '7'],
    ],
  };
  const kept = withoutSecrets({ signedInAt: 1, storage, tab }, (text) =>
    text.includes('lantern-42'),
  );
  const sealed = makeKept('northbridge-life', kept);
  expect(sealed.reveal()).not.toContain('lantern-42');
  expect(openKept(sealed, 'northbridge-life')).toMatchObject({
    storage: {
      origins: [
        {
          localStorage: [{ name: 'token', value: 'abc' }],
          indexedDB: [{ name: 'calls', stores: [{ name: 'lost', records: [{ key: 'x' }] }] }],
        },
      ],
    },
    tab: { 'https://portal.example': [['tab', '7']] },
  });
});
