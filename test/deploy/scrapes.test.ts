import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

/** What docs/operate.md has Prometheus ask, each beside what it is to reach. */

interface Job {
  job_name: string;
  static_configs?: { targets: string[] }[];
  kubernetes_sd_configs?: { role: string; namespaces: { names: string[] } }[];
  relabel_configs?: { source_labels: string[]; regex: string; action: string }[];
}

const text = (file: string): string => readFileSync(file, 'utf8');
const blocks = [...text('docs/operate.md').matchAll(/```yaml\n(scrape_configs:[^]*?)```/g)].map(
  ([, block = '']) => (parse(block) as { scrape_configs: Job[] }).scrape_configs,
);
const [machine = [], compose = [], kubernetes = []] = blocks;
const targetsOf = (jobs: readonly Job[]): string[][] =>
  jobs.map(({ static_configs: configs = [] }) => configs.flatMap(({ targets }) => targets));

it('each way has both jobs, by the names that the alerts know', () => {
  const known = new Set(
    [...text('deploy/alerts.yaml').matchAll(/job="([\w-]+)"/g)].map(([, name = '']) => name),
  );
  expect(blocks).toHaveLength(3);
  for (const jobs of blocks) expect(new Set(jobs.map((job) => job.job_name))).toEqual(known);
});

it('on one machine it asks the ports of the units that the page starts', () => {
  const port = /WATCH_PORT=(\d+)/.exec(text('deploy/systemd/swivel-sync-bot.service'))?.[1];
  const workers = new Set(
    [...text('docs/deploy.md').matchAll(/swivel-sync-worker@(\d+)/g)].map(([, at]) => at),
  );
  expect(targetsOf(machine)).toEqual([
    [`127.0.0.1:${port}`],
    [...workers].map((at) => `127.0.0.1:${at}`),
  ]);
});

it('with compose it asks each bot and worker, at the port of its image', () => {
  const { services } = parse(text('compose.yaml'), { merge: true }) as {
    services: Record<
      string,
      { build?: { target: string }; command?: unknown; networks?: string[] }
    >;
  };
  const portOf = (name: string): string =>
    new RegExp(`\\b${name}=(\\d+)`).exec(text('Dockerfile'))?.[1] ?? '';
  const running = (target: string, port: string): string[] =>
    Object.entries(services)
      .filter(([, { build, command }]) => build?.target === target && command === undefined)
      .map(([name]) => `${name}:${port}`);
  expect(targetsOf(compose)).toEqual([
    running('bot', portOf('WATCH_PORT')),
    running('worker', portOf('WORKER_WATCH_PORT')),
  ]);
  for (const target of targetsOf(compose).flat())
    expect(services[target.split(':')[0] ?? '']?.networks).toContain('inside');
});

it('in Kubernetes it asks the pods of the manifests, which let it in', () => {
  const pods = ['bot', 'worker'].map((role) => {
    const [{ metadata, spec }] = parseAllDocuments(text(`deploy/kubernetes/${role}.yaml`)).map(
      (document) => document.toJS() as unknown,
    ) as [
      {
        metadata: { namespace: string };
        spec: {
          template: {
            metadata: { labels: { app: string } };
            spec: { containers: { ports: { name: string; containerPort: number }[] }[] };
          };
        };
      },
    ];
    const ports = spec.template.spec.containers.flatMap((container) => container.ports);
    return { ...metadata, app: spec.template.metadata.labels.app, ports };
  });
  for (const [at, { namespace, app, ports }] of pods.entries()) {
    const job = kubernetes[at];
    expect(job?.kubernetes_sd_configs).toEqual([
      { role: 'pod', namespaces: { names: [namespace] } },
    ]);
    const [
      { source_labels: labels, regex, action } = { source_labels: [], regex: '', action: '' },
    ] = job?.relabel_configs ?? [];
    expect([labels, action]).toEqual([
      ['__meta_kubernetes_pod_label_app', '__meta_kubernetes_pod_container_port_name'],
      'keep',
    ]);
    const kept = ports.filter(({ name }) => new RegExp(`^(?:${regex})$`).test(`${app};${name}`));
    expect(kept).toHaveLength(1);
    // The network policy lets the namespace of Prometheus in at that port.
    expect(text('deploy/kubernetes/namespace.yaml')).toMatch(
      new RegExp(`name: monitoring[^]*port: ${kept[0]?.containerPort}`),
    );
  }
});
