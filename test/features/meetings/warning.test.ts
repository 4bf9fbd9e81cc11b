import { expect, it } from 'vitest';
import type { MeetingLogin } from '#features/meetings/store.ts';
import { meetingWarning } from '#features/meetings/warning.ts';

const AT = Date.UTC(2026, 10, 25, 20);

const LOGIN: MeetingLogin = {
  sourceId: 's1',
  name: 'Ana – Northbridge',
  carrierName: 'Northbridge Life',
  why: 'unlinked',
  until: '',
  reason: null,
  waiting: 2,
  done: null,
  mayLink: false,
  holderName: 'Ana Ruiz',
};

const told = (item: MeetingLogin): string =>
  JSON.stringify(
    meetingWarning(
      {
        meetingId: 'm1',
        contactName: 'Margaret Chen',
        at: AT,
        zone: 'America/New_York',
        refreshAt: AT - 3_600_000,
        items: [item],
      },
      { canLink: true },
    ),
  );

it('the warning of the evening before names who can link a login, and nobody who has left', () => {
  expect(told(LOGIN)).toContain('Ask Ana Ruiz or a manager to link it.');
  const left = told({ ...LOGIN, holderLeft: true });
  expect(left).toContain('Ask a manager to link it.');
  expect(left).not.toContain('Ana Ruiz');
});
