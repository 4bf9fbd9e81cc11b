import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { USUAL_PAUSE_RULE } from '#core/sessions/pause-rules.ts';

interface Rule {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: string };
  annotations: { summary: string; do: string };
}
const { groups } = parse(readFileSync('deploy/alerts.yaml', 'utf8')) as {
  groups: { name: string; rules: Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(readFileSync('deploy/grafana.json', 'utf8')) as {
  panels: { id: number; title: string; targets: { expr: string }[] }[];
};

const faultsIn = (query: string): number => {
  let faults = 0;
  parser.parse(query).iterate({ enter: ({ type }) => void (faults += type.isError ? 1 : 0) });
  return faults;
};

/** What our processes tell, with the names that Prometheus makes of a histogram. */
const TOLD = new Set(
  ['src/app/metrics.ts', 'src/app/watch.ts'].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/'(swivel_\w+)'/g)].flatMap(([, name = '']) =>
      name === 'swivel_force_wait_seconds'
        ? [`${name}_bucket`, `${name}_sum`, `${name}_count`]
        : [name],
    ),
  ),
);
/** Of prom-client, and of Prometheus itself. */
const USUAL = /^(process_|nodejs_)|^up$/;
const metricsIn = (query: string): string[] => {
  const names: string[] = [];
  parser.parse(query).iterate({
    enter: ({ name, from, to }) => {
      if (name === 'VectorSelector') names.push(/^\w+/.exec(query.slice(from, to))?.[0] ?? '');
    },
  });
  return names;
};

const queries = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
];

it.each(queries)('%s asks for what our processes tell', (_name, query) => {
  expect(faultsIn(query)).toBe(0);
  const asked = metricsIn(query);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((name) => !TOLD.has(name) && !USUAL.test(name))).toEqual([]);
});

it('a query with a slip would be found', () => {
  expect(faultsIn('sum by (carrier (swivel_slots)')).toBeGreaterThan(0);
  expect(metricsIn('rate(swivel_slots[5m]) / up')).toEqual(['swivel_slots', 'up']);
});

it('there are fifteen alerts, and docs/operate.md says what to do about each', () => {
  const told = [...readFileSync('docs/operate.md', 'utf8').matchAll(/^### (\w+)$/gm)];
  expect(rules.map(({ alert }) => alert).toSorted()).toEqual(
    told.map(([, name = '']) => name).toSorted(),
  );
  expect(rules).toHaveLength(15);
  for (const { annotations, labels } of rules) {
    expect(annotations.summary).toMatch(/\.$/);
    expect(annotations.do).toMatch(/\.$/);
    expect(['page', 'ticket']).toContain(labels.severity);
  }
});

it('a carrier that no worker serves is one of them, and on the dashboard', () => {
  const asked = queries.filter(([, query]) => metricsIn(query).includes('swivel_carrier_unserved'));
  expect(asked.map(([name]) => name)).toEqual(['CarrierUnserved', 'Carriers without a worker']);
});

it('one bot or worker that is gone beside others is one of them, by the jobs that the others name', () => {
  const named = rules.flatMap(({ expr }) => [...expr.matchAll(/job="([\w-]+)"/g)]);
  const of = /^up\{job=~"(\S+)"\} == 0 and /.exec(
    rules.find(({ alert }) => alert === 'ProcessGone')?.expr ?? '',
  );
  const jobs = new RegExp(`^(?:${of?.[1]})$`);
  expect(named.map(([, job = '']) => jobs.test(job))).toEqual([true, true]);
});

it('sign-ins that fail are told before their carrier is paused for them', () => {
  const { expr = '' } = rules.find(({ alert }) => alert === 'SignInsFail') ?? {};
  expect(Number(/> ([\d.]+)$/.exec(expr)?.[1])).toBeLessThan(USUAL_PAUSE_RULE.failures - 1);
});

it('no panel adds up what each bot reads from the one database', () => {
  const shared = [
    ...readFileSync('src/app/watch.ts', 'utf8')
      .split('watchWorker')[0]!
      .matchAll(/'(swivel_\w+)'/g),
  ].map(([, name]) => name);
  expect(shared).toContain('swivel_carrier_paused');
  const added = queries.filter(
    ([, query]) =>
      /\b(sum|count)\b/.test(query) && metricsIn(query).some((name) => shared.includes(name)),
  );
  expect(added).toEqual([]);
});

it('no panel of the dashboard has the number of another', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(readdirSync('deploy').map((file) => join('deploy', file))).toContain(
    'deploy/grafana.json',
  );
});

it('a hanging round of either process is one of them', () => {
  const asked = rules.find(({ alert }) => alert === 'RoundHangs')?.expr ?? '';
  const rounds = ['src/app/bot.ts', 'src/app/worker.ts'].flatMap((file) => {
    const [, within = ''] = /ENDS_WITHIN = \{(.*)\}/.exec(readFileSync(file, 'utf8')) ?? [];
    return [...within.matchAll(/'?([a-z][a-z ]+)'?: \d+ \* MINUTE/g)].map(([, name = '']) => name);
  });
  expect(rounds).toHaveLength(4);
  for (const round of rounds) expect(asked).toContain(`round="${round}"`);
});
