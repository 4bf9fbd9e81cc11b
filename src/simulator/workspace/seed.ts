/** Who and what a fresh local workspace holds. The ids are fixed, so that other data can name them. */
export interface Person {
  id: string;
  /** Handle, as in `@ana`. */
  handle: string;
  name: string;
  email: string;
  /** What the page tells of the person. */
  about: string;
  admin: boolean;
  owner: boolean;
  deleted: boolean;
  /** A guest: sees only the channels they were invited to. */
  restricted: boolean;
  bot: boolean;
  timeZone: string;
}

export interface Channel {
  id: string;
  /** Without `#`; empty for a direct message. */
  name: string;
  kind: 'public' | 'private' | 'direct';
  externallyShared: boolean;
  /** Another company is invited, and has not come yet. */
  sharePending?: boolean;
  archived?: boolean;
  /** What its managers let the app post, where that is less than everything. */
  posting?: 'nothing' | 'threads-only' | 'no-threads' | 'read-only';
  members: string[];
  about: string;
  createdAt: number;
}

/** Of everybody in it; a terminal shows times in it wherever it stands. */
export const TIME_ZONE = 'America/New_York';
export const TEAM = { id: 'THARBOR01', name: 'Harbor Point Advisors', domain: 'harborpoint' };
export const BOT = { user: 'USYNCBOT1', id: 'BSYNCBOT1', app: 'ASYNCBOT1' };
/** Speaks for Slack itself, as for a command that failed. */
export const SLACKBOT = 'USLACKBOT';

const OLIVIA = 'UOLIVIA01';
const MARCUS = 'UMARCUS01';
const ANA = 'UANARUIZ1';
const BEN = 'UBENCART1';
const SAM = 'USAMOKAF1';
const GWEN = 'UGWENGST1';
const DANA = 'UDANAFRM1';

const person = (id: string, name: string, about: string, more: Partial<Person> = {}): Person => ({
  id,
  handle: (name.split(' ')[0] ?? name).toLowerCase(),
  name,
  email: `${name.toLowerCase().replace(' ', '.')}@harborpoint.example`,
  about,
  admin: false,
  owner: false,
  deleted: false,
  restricted: false,
  bot: false,
  timeZone: TIME_ZONE,
  ...more,
});

export const seedPeople = (botName: string): Person[] => [
  person(OLIVIA, 'Olivia Grant', 'owner', { admin: true, owner: true }),
  person(MARCUS, 'Marcus Webb', 'manager', { admin: true }),
  person(ANA, 'Ana Ruiz', 'advisor'),
  person(BEN, 'Ben Carter', 'advisor'),
  person(SAM, 'Sam Okafor', 'support'),
  person(GWEN, 'Gwen Guest', 'guest', { restricted: true }),
  person(DANA, 'Dana Former', 'deactivated', { deleted: true }),
  person(BOT.user, botName, 'app', { bot: true, handle: 'swivel_sync', email: '' }),
  person(SLACKBOT, 'Slackbot', 'the workspace itself', { bot: true, email: '' }),
];

export const seedChannels = (now: number): Channel[] => {
  const channel = (
    id: string,
    name: string,
    about: string,
    members: string[],
    more: Partial<Channel> = {},
  ): Channel => ({
    id,
    name,
    kind: 'public',
    externallyShared: false,
    members,
    about,
    createdAt: now,
    ...more,
  });
  const everyone = [OLIVIA, MARCUS, ANA, BEN, SAM];
  return [
    channel('CTEAM0001', 'team', 'Everyone of the firm', [...everyone, DANA, BOT.user]),
    channel(
      'GPRIV0001',
      'reviews',
      'Client reviews of this week',
      [OLIVIA, MARCUS, ANA, BEN, BOT.user],
      { kind: 'private' },
    ),
    channel('CNOBOT001', 'random', 'The bot is not in here', [...everyone, GWEN]),
    channel(
      'CSHARED01',
      'carrier-deps',
      'Shared with another company',
      [MARCUS, ANA, SAM, GWEN, BOT.user],
      { externallyShared: true },
    ),
    channel('CSUPPORT1', 'sync-support', 'Questions about syncs', [...everyone, BOT.user]),
  ];
};
