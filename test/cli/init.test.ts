import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runInit } from '#cli/init/init.ts';
import { CommandError, openTerminal, type Terminal } from '#cli/terminal.ts';
import { openDatabase } from '#database/connection.ts';
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
  const db = await openDatabase(join(folder, 'data/swivel-sync.db'));
  expect(await db.selectFrom('person').selectAll().execute()).toEqual([]);
  await db.destroy();
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
