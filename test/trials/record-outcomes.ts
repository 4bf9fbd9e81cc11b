import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PortalHandle } from '#simulator/portals/handle.ts';
import { openHouse } from '#test/support/portals.ts';
import { recordPortals, type Recorded } from '#test/support/recorded-portals.ts';
import { PASSWORDS, playScene } from '#test/support/scene.ts';
import { FAILED } from './outcomes/failed.ts';
import type { At, Labelled } from './outcomes/labelled.ts';
import { NEEDS_LINK } from './outcomes/needs-link.ts';
import { NOT_FOUND } from './outcomes/not-found.ts';
import { ON_THE_WAY } from './outcomes/on-the-way.ts';
import { SUCCESS } from './outcomes/success.ts';

/**
 * `npm run record:outcomes [part of a label]`: sets each labelled outcome on a local portal, lets
 * the product read it in Chromium, and keeps what the portal's session answered. The labels are a
 * person's: what the rules make of it is not written down.
 */
const ALL = [...SUCCESS, ...NOT_FOUND, ...NEEDS_LINK, ...FAILED, ...ON_THE_WAY];
const FILE = join(import.meta.dirname, '../fixtures/outcomes.json');
const { user, right } = PASSWORDS;

const signInElsewhere = async (portal: PortalHandle, carrier: string): Promise<void> => {
  const post = (path: string, type: string, body: string) =>
    fetch(new URL(path, portal.url), {
      method: 'POST',
      headers: { 'content-type': type },
      body,
      redirect: 'manual',
    });
  if (carrier === 'northbridge-life') {
    const form = new URLSearchParams({ userId: user, password: right }).toString();
    await post('/login', 'application/x-www-form-urlencoded', form);
    return;
  }
  const json = 'application/json';
  const answer = await post('/api/sign-in', json, JSON.stringify({ user, password: right }));
  const { id } = (await answer.json()) as { id: string };
  const code = await portal.lastCode(user);
  await post('/api/code', json, JSON.stringify({ id, code }));
};

const record = async ({ scene, portal = [], arrange, beforeRead }: Labelled) => {
  const { carrier } = scene;
  await using house = await openHouse({
    codeMinutes: 2,
    data: {
      logins: [{ carrier, user, password: right, policies: portal.map(({ number }) => number) }],
      policies: portal.map(({ number, status, values }) => ({
        carrier,
        number,
        status,
        product: `${scene.policy.type} ${scene.policy.plan}`,
        owner: 'Ines Ito',
        values: values.map(([name, amount, asOf]) => ({ name, amount, asOf })),
      })),
    },
  });
  const handle = house.of(carrier);
  const at: At = {
    portal: handle,
    user,
    signInElsewhere: () => signInElsewhere(handle, carrier),
  };
  house.time.now = Date.parse(scene.now);
  await arrange?.(at);
  const recorded: Recorded[] = [];
  const patient = house.portalsWith({ wait: 8000, read: 20_000, signIn: 10_000 });
  await using _played = await playScene(scene, {
    portals: recordPortals(patient, recorded, async (nth) => beforeRead?.(at, nth)),
    time: house.time,
    codeOf: () => handle.lastCode(user),
  });
  return recorded;
};

const [wanted = ''] = process.argv.slice(2);

const recordedBefore = async (): Promise<Map<string, Recorded[]>> => {
  const entries = JSON.parse(await readFile(FILE, 'utf8')) as {
    label: string;
    recorded: Recorded[];
  }[];
  return new Map(entries.map(({ label, recorded }) => [label, recorded]));
};

const before = wanted === '--labels' ? await recordedBefore() : undefined;
const part = before === undefined ? wanted : '';
const entries = [];
for (const labelled of ALL.filter(({ label }) => label.includes(part))) {
  const { label, scene, expected } = labelled;
  const recorded = before?.get(label) ?? (await record(labelled));
  const said = recorded.map(
    ({ call, result }) => `${call} ${'reason' in result ? result.reason : result.kind}`,
  );
  console.log(`${label}: ${said.join(', ') || 'nothing was asked of the portal'}`);
  entries.push({ label, scene, recorded, expected });
}
const text = `${JSON.stringify(entries, undefined, 2)}\n`;
if (part === '') await writeFile(FILE, text);
else console.log(text);
