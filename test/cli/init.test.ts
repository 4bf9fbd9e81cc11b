import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInit } from '#cli/init/init.ts';
import { CommandError, openTerminal, type Terminal } from '#cli/terminal.ts';
import { openDatabase } from '#database/connection.ts';
import { SEED } from '#simulator/firm.ts';
import { startLocal } from '#simulator/local.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';

let slack: LocalWorkspace;
let folder: string;
let said: string;
let keyboard: PassThrough & { isTTY?: boolean };

beforeEach(async () => {
  slack = await startWorkspace();
  folder = await mkdtemp(join(tmpdir(), 'sync-init-'));
  said = '';
  keyboard = Object.assign(new PassThrough(), { isTTY: true });
});
afterEach(async () => {
  keyboard.destroy();
  await slack.close();
  await rm(folder, { recursive: true, force: true });
});

/** A person at a keyboard who has typed all of this already. */
const typing = (...lines: string[]): Terminal => {
  const shown = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      said += chunk.toString();
      done();
    },
  });
  keyboard.write(lines.map((line) => `${line}\r`).join(''));
  return { ...openTerminal(keyboard, shown), print: (line) => void (said += `${line}\n`) };
};

const init = (terminal: Terminal, paths: string[] = [], env: Record<string, string> = {}) =>
  runInit(
    {
      environment: { SLACK_API_URL: slack.apiUrl, DATA_DIR: join(folder, 'data'), ...env },
      terminal,
    },
    paths,
    { file: join(folder, 'firm.env') },
  );

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

it('leads from the tokens to a firm that is known in Slack, and sends a test message', async () => {
  const people = await file(
    'team.csv',
    'Mail,Full Name,Role,Fax\nana.ruiz@harborpoint.example,Ana Ruiz,advisor,1\nzoe@harborpoint.example,Zoe Hall,advisor,2\n',
  );
  const contacts = await file(
    'contacts.csv',
    'contact_id,kind,name,advisors\nC-1,individual,Mei Chen,ana.ruiz@harborpoint.example\n',
  );
  const code = await init(
    typing(
      slack.appToken,
      'xoxb-of-nobody',
      slack.botToken,
      slack.appToken,
      join(folder, 'no-carriers'),
      '',
      'sync.example.com',
      'https://sync.example.com',
      people,
      join(folder, 'no-such.csv'),
      contacts,
      '',
      'Mailbox',
      '1',
      'yes',
      'nobody@harborpoint.example',
      'ana.ruiz@harborpoint.example',
    ),
  );

  expect(code).toBe(0);
  for (const line of [
    'Ctrl-C is safe at any time',
    'That is the app-level token. Here goes the bot token, under Install App; it begins with xoxb-.',
    'Slack does not know this token. Copy it once more, whole.',
    'as @',
    'Socket Mode works.',
    'is not a web address',
    'no-such.csv: there is no such file.',
    'Which column of team.csv is the email?',
    'There is no "Mailbox" in team.csv.',
    'carriers" is no folder.',
    'Without a carrier nothing can be synced',
    'team.csv has people: email, name, role.',
    'email          is your mail',
    'not used       fax',
    'Still missing: a carrier. Write one (docs/carriers.md), and set CARRIERS_PATH in the file.',
    'This was a dry run: nothing was written.',
    'All lines are in.',
    '1 of 2 people are matched with Slack by e-mail.',
    'not found: Zoe Hall, zoe@harborpoint.example',
    'Slack knows nobody with the address nobody@harborpoint.example.',
    'Sent: look into your direct messages with Swivel Sync.',
    `Start it with: set -a; . ${join(folder, 'firm.env')}; set +a; npm start`,
  ])
    expect(said).toContain(line);
  for (const secret of [slack.botToken, slack.appToken, 'xoxb-of-nobody'])
    expect(said).not.toContain(secret);

  const settings = join(folder, 'firm.env');
  expect((await stat(settings)).mode & 0o777).toBe(0o600);
  expect(await readFile(settings, 'utf8')).toContain(`SLACK_BOT_TOKEN='${slack.botToken}'\n`);
  expect(await readFile(settings, 'utf8')).toContain("PUBLIC_URL='https://sync.example.com'\n");
  expect(await readFile(settings, 'utf8')).toContain(`DATA_DIR='${join(folder, 'data')}'\n`);
  const db = await openDatabase(join(folder, 'data/swivel-sync.db'));
  const rows = await db
    .selectFrom('person')
    .select(['name', 'slack_user_id'])
    .orderBy('name')
    .execute();
  expect(rows).toEqual([
    { name: 'Ana Ruiz', slack_user_id: 'UANARUIZ1' },
    { name: 'Zoe Hall', slack_user_id: null },
  ]);
  expect(await db.selectFrom('contact').select('name').execute()).toEqual([{ name: 'Mei Chen' }]);
  await db.destroy();
  const posted = slack.workspace.calls().filter(({ method }) => method === 'chat.postMessage');
  expect(posted).toHaveLength(1);
});

it('tries the same token again when Slack cannot be reached, and logs nothing of its own', async () => {
  await slack.workspace.pause();
  const answers = typing(slack.botToken);
  const terminal: Terminal = {
    ...answers,
    ask: async (question, usual) => {
      if (!question.includes('Try again?')) return answers.ask(question, usual);
      said += `${question}\n`;
      if (said.split('Try again?').length === 3) await slack.workspace.resume();
      return 'yes';
    },
  };
  const logged: unknown[] = [];
  const { warn } = console;
  console.warn = (...words) => void logged.push(words);
  keyboard.write(`${slack.appToken}\r\r\r\r\r`);
  await init(terminal).finally(() => {
    console.warn = warn;
  });
  expect(said).toContain('Slack cannot be reached from this machine.');
  expect(said).toContain('Socket Mode works.');
  expect(said.split('The bot token').length).toBe(2);
  expect(logged).toEqual([]);
});

it('keeps what was right when it is ended early', async () => {
  await expect(init(typing(slack.botToken, 'a', 'b', 'c'))).rejects.toThrow(CommandError);
  const kept = await readFile(join(folder, 'firm.env'), 'utf8');
  expect(kept).toContain(`SLACK_BOT_TOKEN='${slack.botToken}'\n`);
  expect(kept).not.toContain('SLACK_APP_TOKEN');
});

it('imports nothing that the person did not agree to', async () => {
  const people = await file(
    'people.csv',
    'email,name,role\nana.ruiz@harborpoint.example,Ana,advisor\n',
  );
  await init(typing('', 'no', ''), [people], {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    PUBLIC_URL: 'https://sync.example.com',
  });
  expect(said).toContain('All lines would go in.');
  expect(said).toContain('Nothing is imported.');
  expect(existsSync(join(folder, 'data'))).toBe(false);
  expect(said).toContain('Import these files now?');
});

it('brings a firm in whose Slack calls by HTTP, without an app-level token', async () => {
  await init(typing('', '', ''), [], {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
    PUBLIC_URL: 'https://sync.example.com',
  });
  expect(said).toContain('Slack calls by HTTP, as SLACK_SIGNING_SECRET is set');
  expect(said).not.toContain('app-level');
  const kept = await readFile(join(folder, 'firm.env'), 'utf8');
  expect(kept).toContain("SLACK_SIGNING_SECRET='0123456789abcdef0123456789abcdef'\n");
  expect(kept).not.toContain('SLACK_APP_TOKEN');
});

it('says what is missing where nobody is at the keyboard', async () => {
  keyboard.isTTY = false;
  await expect(init(typing())).rejects.toThrow('Nobody is here to ask: set SLACK_BOT_TOKEN.');
  await expect(
    init(typing(), [], { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: 'xapp-of-nobody' }),
  ).rejects.toThrow('SLACK_APP_TOKEN: Slack does not know this token.');
});

it('replaces no settings unless told to', async () => {
  await file('firm.env', 'mine');
  await expect(init(typing('no'))).rejects.toThrow(CommandError);
  expect(await readFile(join(folder, 'firm.env'), 'utf8')).toBe('mine');
});

it('goes on with the settings of an earlier run, and with its address and folders', async () => {
  await file(
    'firm.env',
    `# mine\nSLACK_BOT_TOKEN='${slack.botToken}'\nSLACK_APP_TOKEN='${slack.appToken}'\nPUBLIC_URL='https://sync.example.com'\nTIME_ZONE='America/Chicago'\n`,
  );
  const policies = await file(
    'policies.csv',
    'policy_id,contact_id,carrier,number,product_name,product_type,plan_type,status\nP-1,C-1,northbridge-life,00123-4567,Harbor Select,Annuity,Variable Annuity,Active\n',
  );
  const code = await init(typing('yes', '', 'no', ''), [policies]);
  expect(code).toBe(1);
  expect(said).toContain(
    'No carrier is loaded: the demo carriers are for the local workspace alone.',
  );
  expect(said).toContain('No status is known yet: give statuses.csv as well');
  const kept = await readFile(join(folder, 'firm.env'), 'utf8');
  for (const line of [
    "PUBLIC_URL='https://sync.example.com'",
    "TIME_ZONE='America/Chicago'",
    `DATA_DIR='${join(folder, 'data')}'`,
  ])
    expect(kept).toContain(`${line}\n`);
});

describe('a trial with the local workspace', () => {
  it('goes through all of it, beside the firm that runs there', async () => {
    const local = await startLocal(join(folder, 'local'), Date.now, 0);
    const { botToken, appToken, url } = local.workspace;
    const seed = readdirSync(SEED)
      .filter((name) => name.endsWith('.csv'))
      .map((name) => join(SEED, name));
    const code = await runInit(
      {
        environment: { DATA_DIR: folder, SLACK_BOT_TOKEN: 'xoxb-of-a-real-workspace' },
        terminal: typing(botToken, appToken, '', 'yes', 'ana.ruiz@harborpoint.example'),
      },
      seed,
      { local: true },
    );
    expect(code).toBe(0);
    for (const line of [
      `Slack is your local workspace, ${url}`,
      `bot token        ${botToken}`,
      `app-level token  ${appToken}`,
      'Socket Mode works.',
      'Carriers: Granite Mutual, ',
      'All lines are in.',
      '5 of 5 people are matched with Slack by e-mail.',
      'not looked for: 1 person who is not active',
      'Sent: look into your direct messages with Swivel Sync.',
      `What it wrote is in ${join(folder, 'trial')}`,
    ])
      expect(said).toContain(line);
    expect(said).not.toContain('Still missing');
    const posted = local.workspace.workspace
      .calls()
      .filter(({ method }) => method === 'chat.postMessage');
    expect(posted).toHaveLength(1);
    const db = await openDatabase(join(folder, 'trial/local/swivel-sync.db'));
    const policies = await db.selectFrom('policy').select('id').execute();
    expect(policies.length).toBeGreaterThan(100);
    const matched = await db
      .selectFrom('person')
      .select('slack_user_id')
      .where('email', '=', 'ana.ruiz@harborpoint.example')
      .executeTakeFirstOrThrow();
    expect(matched.slack_user_id).toBe('UANARUIZ1');
    await db.destroy();
    expect(existsSync(join(folder, 'local/swivel-sync.db'))).toBe(false);
    await local[Symbol.asyncDispose]();
  });

  it('asks for a local workspace where none runs', async () => {
    await expect(
      runInit({ environment: { DATA_DIR: folder }, terminal: typing() }, [], { local: true }),
    ).rejects.toThrow('No local workspace runs to try this with.');
  });
});
