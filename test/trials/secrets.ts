import { readPrivateKeys } from '#database/keys.ts';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { portalTokens, readFiles, readRedis, readRows } from '#test/support/secret-places.ts';
import { openSecretsFirm, WEBHOOK_SECRET, type SecretsFirm } from './secrets/firm.ts';
import { HARBOR, liveWithSecrets, NUMBER } from './secrets/life.ts';
import type { RunningProcess } from '#test/support/processes.ts';
import { blindPlaces, secretsIn, type Place, type Planted } from './secrets/search.ts';
import { figuresOf, type Trial } from './trial.ts';

const figure = figuresOf('secrets');
const PEOPLE = ['UANARUIZ1', 'UBENCART1', 'UOLIVIA01', 'UMARCUS01'] as const;
const CHANNELS = ['CTEAM0001', 'CSUPPORT1', 'dm'] as const;
/** Of Slack itself, which knows its own tokens. */
const NOT_OURS = /^(?:keys|workspace-state\.json)/;
/** In which what is deleted leaves the files. */
const WIPED_WITHIN_MS = 30_000;

const slackOf = async ({ client }: SecretsFirm): Promise<string> => {
  const seen: unknown[] = [await client.calls()];
  for (const person of PEOPLE) {
    // Home and what is open too; what people have outside Slack is theirs.
    const { outside: _theirs, ...state } = await client.state(person);
    seen.push(state);
    for (const channel of CHANNELS) {
      const messages = await client.messages(person, channel).catch(() => []);
      seen.push(messages);
      for (const { ts, replyCount } of messages)
        if (replyCount > 0) seen.push(await client.messages(person, channel, ts));
    }
  }
  return JSON.stringify(seen);
};

const environmentsOf = (firm: SecretsFirm, seen: readonly RunningProcess[]): Place[] =>
  seen.map(({ pid, name, text }) => ({
    name: `the environment of ${name}`,
    text,
    // Chromium gives its own children nothing but this.
    marker: text.includes(firm.temporary) ? firm.temporary : (name.split(' ')[0] ?? ''),
    // It signs what it sends.
    ...(pid === firm.main.bot.pid ? { allows: ['the secret of webhooks'] } : {}),
  }));

const lookedThrough = async (firm: SecretsFirm, beforeKills: number): Promise<Place[]> => [
  { name: 'Redis', text: await readRedis(firm.redis), marker: 'bull' },
  { name: 'all that Redis was told', text: firm.redisHeard(), marker: HARBOR },
  { name: 'output and logs', text: firm.main.output(), marker: HARBOR },
  {
    name: 'output since a worker was killed',
    text: firm.main.output().slice(beforeKills),
    marker: 'SIGKILL',
  },
  { name: 'Slack', text: await slackOf(firm), marker: NUMBER },
  { name: 'webhooks', text: firm.received(), marker: 'sync.finished' },
  { name: 'rows of the database', text: await readRows(firm.db), marker: HARBOR },
  {
    name: 'files of the database, Redis and pictures',
    text: readFiles(firm.folder, NOT_OURS),
    marker: HARBOR,
    isBytes: true,
  },
  {
    name: 'pictures and what was done before them',
    text: readFiles(join(firm.folder, 'pictures')),
    marker: 'look for',
  },
  {
    name: 'temporary files',
    text: readFiles(firm.temporary),
    marker: 'playwright',
    isBytes: true,
  },
];

export const secrets: Trial = {
  name: 'secrets',
  about: 'Planted secrets, looked for wherever a product leaves something behind.',
  beside: 'equal',
  run: async ({ say, short }) => {
    await using firm = await openSecretsFirm();
    const planted: Planted[] = [
      { name: "Slack's bot token", secret: firm.slackTokens.botToken },
      { name: "Slack's app token", secret: firm.slackTokens.appToken },
      { name: 'the secret of webhooks', secret: WEBHOOK_SECRET },
      ...readPrivateKeys(join(firm.folder, 'keys')).map(({ privateKey }) => ({
        name: 'the private key',
        secret: privateKey.reveal(),
      })),
    ];
    /** What was in the files once shows that it would have been found. */
    let sealedOnce = 0;
    const life = liveWithSecrets(firm, (one) => {
      planted.push(one);
      if (!one.name.startsWith('sealed and deleted')) return;
      if (readFiles(firm.folder, NOT_OURS).includes(one.secret)) sealedOnce += 1;
    });
    await life.calendarGiven();
    say(`a link with a code: ${await life.linkWithCode()}`);
    say(`a link with a setup key: ${await life.linkWithSetupKey()}`);
    say(`a link with a wrong password: ${await life.linkRefused()}`);
    await life.changedPage();
    for (const [at, secret] of [...new Set(await portalTokens(firm.db, firm.folder))].entries())
      planted.push({ name: `a portal session, ${at + 1}`, secret });
    const processes = new Map<string, RunningProcess>();
    await life.unlinked();
    const beforeKills = firm.main.output().length;
    const kills = short ? 1 : 5;
    for (let round = 1; round <= kills; round += 1) {
      for (const each of firm.processes()) processes.set(`${each.pid}`, each);
      say(`a worker is killed with a password on its way: ${await life.workerKilled(round)}`);
    }

    const deadline = performance.now() + WIPED_WITHIN_MS;
    const deleted = planted.filter(({ name }) => name.startsWith('sealed and deleted'));
    const isWiped = (): boolean => {
      const bytes = readFiles(firm.folder, NOT_OURS);
      return !deleted.some(({ secret }) => bytes.includes(secret));
    };
    while (!isWiped() && performance.now() < deadline) await sleep(200);

    const places = [
      ...(await lookedThrough(firm, beforeKills)),
      ...environmentsOf(firm, [...processes.values()]),
    ];
    const found = secretsIn(places, planted);
    const blind = blindPlaces(places);
    for (const line of found) say(`found: ${line}`);
    for (const name of blind) say(`not even its marker: ${name}`);
    return [
      figure('secrets planted', planted.length, 'secrets', '>=', 20),
      figure(
        'of them empty',
        planted.filter(({ secret }) => secret.length < 6).length,
        'secrets',
        '=',
        0,
      ),
      figure(
        'sealed ones in a file before they were deleted',
        sealedOnce,
        'of them',
        '=',
        deleted.length,
      ),
      figure('places looked through', places.length, 'places', '>=', 14),
      figure('places in which the marker is not found', blind.length, 'places', '=', 0),
      figure('lines of logs', firm.main.output().split('\n').length, 'lines', '>=', 20),
      figure('secrets found', found.length, 'secrets', '=', 0),
    ];
  },
};
