import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Service } from 'kubernetes-models/v1/Service';
import { KEYS } from '#app/settings.ts';

const FOLDER = 'deploy/kubernetes';
const MODELS = {
  Deployment,
  StatefulSet,
  CronJob,
  Ingress,
  NetworkPolicy,
  PodDisruptionBudget,
  ConfigMap,
  Namespace,
  Service,
};

interface Manifest {
  kind: keyof typeof MODELS;
  apiVersion: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  spec?: {
    template?: { metadata?: { labels: Record<string, string> }; spec: Pod };
    jobTemplate?: { spec: { template: { spec: Job } } };
  };
}
/** A pod that ends: nobody asks it whether it is well. */
interface Job {
  restartPolicy: string;
  securityContext: Pod['securityContext'];
  containers: (Pick<Pod['containers'][number], 'securityContext' | 'volumeMounts'> & {
    image: string;
    command: string[];
    envFrom: object[];
  })[];
  volumes: { name: string; persistentVolumeClaim?: { claimName: string } }[];
}
interface Pod {
  securityContext: { runAsNonRoot?: boolean; seccompProfile?: { localhostProfile?: string } };
  terminationGracePeriodSeconds: number;
  containers: {
    name: string;
    image: string;
    envFrom: object[];
    env?: { name: string }[];
    volumeMounts: { name: string }[];
    ports: { name: string }[];
    livenessProbe: { httpGet: { path: string; port: string } };
    readinessProbe: { httpGet: { path: string; port: string } };
    securityContext: object;
  }[];
  volumes: { name: string }[];
}

const manifests = readdirSync(FOLDER).flatMap((file) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
    const [wrong] = document.errors;
    if (wrong !== undefined) throw wrong;
    return document.toJS() as Manifest;
  }),
);
const pods = manifests.flatMap(({ spec }) => spec?.template?.spec ?? []);

it.each(manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))(
  '%s %s is one that Kubernetes takes',
  (kind, _name, manifest) => {
    const model = MODELS[kind];
    expect(manifest.apiVersion).toBe(model.apiVersion);
    expect(() => new model(manifest as never).validate()).not.toThrow();
    const { name, namespace = name } = manifest.metadata;
    expect(namespace).toBe('swivel-sync');
  },
);

it('the check of a manifest would find a slip in it', () => {
  const slipped = structuredClone(manifests.find(({ kind }) => kind === 'Deployment'));
  Object.assign(slipped?.spec ?? {}, { replicas: 'two' });
  expect(() => new Deployment(slipped as never).validate()).toThrow(/replicas/);
});

it('every pod is asked whether it is well, runs as no root, and has what it mounts', () => {
  expect(pods).toHaveLength(2);
  for (const { securityContext, containers, volumes, terminationGracePeriodSeconds } of pods) {
    expect(securityContext.runAsNonRoot).toBe(true);
    expect(terminationGracePeriodSeconds).toBeGreaterThan(15);
    for (const container of containers) {
      expect(container.livenessProbe.httpGet.path).toBe('/health');
      expect(container.readinessProbe.httpGet.path).toBe('/ready');
      for (const { httpGet } of [container.livenessProbe, container.readinessProbe])
        expect(container.ports.map(({ name }) => name)).toContain(httpGet.port);
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      const there = volumes.map(({ name }) => name);
      expect(container.volumeMounts.map(({ name }) => name).toSorted()).toEqual(there.toSorted());
    }
  }
});

it('bots see the pictures of workers where both name the claim that the page tells of', () => {
  const [, line = ''] =
    /```yaml\n- (.*)\n```/.exec(
      readFileSync('docs/deploy.md', 'utf8').split('### Pictures')[1] ?? '',
    ) ?? [];
  const claim = parse(line) as Pod['volumes'][number];
  for (const kind of ['Deployment', 'StatefulSet'] as const) {
    const shared = structuredClone(manifests.find((manifest) => manifest.kind === kind));
    const pod = shared?.spec?.template?.spec;
    expect(pod?.containers[0]?.volumeMounts).toContainEqual({
      name: claim.name,
      mountPath: '/data/pictures',
    });
    pod?.volumes.splice(
      pod.volumes.findIndex(({ name }) => name === claim.name),
      1,
      claim,
    );
    expect(() => new MODELS[kind](shared as never).validate()).not.toThrow();
  }
});

it('a copy is taken each night, by what a bot is, into a volume that outlives it', () => {
  const jobs = manifests.flatMap(({ spec }) => spec?.jobTemplate?.spec.template.spec ?? []);
  const [job] = jobs;
  const [container] = job?.containers ?? [];
  const bot = pods.flatMap(({ containers }) => containers).find(({ name }) => name === 'bot');
  expect(jobs).toHaveLength(1);
  expect(job?.securityContext.runAsNonRoot).toBe(true);
  expect(job?.restartPolicy).toBe('Never');
  expect([container?.image, container?.envFrom]).toEqual([bot?.image, bot?.envFrom]);
  expect(container?.securityContext).toEqual(bot?.securityContext);
  const there = (job?.volumes ?? []).map(({ name }) => name);
  expect(container?.volumeMounts.map(({ name }) => name)).toEqual(there);
  expect(job?.volumes.at(-1)?.persistentVolumeClaim?.claimName).toBe('backups');
  const [shell, flag, line = ''] = container?.command ?? [];
  expect([shell, flag]).toEqual(['sh', '-c']);
  // The shell makes a name of it that no other night has.
  const asked = spawnSync('sh', ['-c', line.replace('exec node', 'echo')], { encoding: 'utf8' });
  expect(asked.stdout).toMatch(
    /^src\/cli\/main\.ts backup \/backups\/\d{4}-\d\d-\d\dT\d{4}\.dump --keep-days 14\n$/,
  );
});

it('the policy of who comes in is for our pods, and leaves a database beside them as it is', () => {
  const policy = manifests.find(({ kind }) => kind === 'NetworkPolicy');
  const apps = manifests.flatMap(({ spec }) => spec?.template?.metadata?.labels['app'] ?? []);
  expect(apps).toHaveLength(2);
  expect(policy?.spec).toMatchObject({
    podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: apps }] },
  });
});

it('every setting that a manifest gives is one of ours', () => {
  const known = new Set<string>([...Object.values(KEYS).map(({ env }) => env), 'WORKER_NAME']);
  const given = [
    ...manifests.flatMap(({ kind, data }) => (kind === 'ConfigMap' ? Object.keys(data ?? {}) : [])),
    ...pods.flatMap(({ containers }) =>
      containers.flatMap(({ env = [] }) => env.map(({ name }) => name)),
    ),
  ];
  expect(given.length).toBeGreaterThan(3);
  expect(given.filter((name) => !known.has(name))).toEqual([]);
});
