import { createHash } from 'node:crypto';
import { loadImage } from '@napi-rs/canvas';
import { afterAll, expect, it } from 'vitest';
import { chartText, type ChartSpec } from '#slack/chart.ts';
import { createCharts } from '#slack/charts.ts';
import { altOf, chartPicture } from '#slack/picture.ts';

const charts = createCharts();
afterAll(() => charts[Symbol.asyncDispose]());

const bars: ChartSpec = {
  kind: 'bars',
  title: 'Policies on Nov 20, 2026',
  unit: { kind: 'count' },
  bars: [
    { label: 'Success', value: 8512, tone: 'good' },
    { label: 'Not Found', value: 0, tone: 'bad' },
  ],
};

const line = (points: { day: string; value: number }[]): ChartSpec => ({
  kind: 'line',
  title: 'Northbridge Life 00123-4567',
  unit: { kind: 'money', currency: 'USD' },
  series: [{ name: 'Account Value', points }],
});

const days = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    day: new Date(Date.UTC(2026, 7, 1 + index)).toISOString().slice(0, 10),
    value: 41_000_000 + index * 100,
  }));

const sizeOf = async (spec: ChartSpec) => {
  const { width, height } = await loadImage(await charts.draw(spec));
  return { width, height };
};

it.each([
  ['bars', bars],
  ['no bar', { ...bars, bars: [] }],
  ['one value', line(days(1))],
  ['no value', line([])],
  ['500 values', line(days(500))],
] as const)('draws %s as a picture as wide as a phone reads it', async (_, spec) => {
  expect((await sizeOf(spec)).width).toBe(1000);
});

it('writes with a font of its own, so that a machine without fonts has words in its charts', async () => {
  const drawn = await Promise.all(
    ['Success', 'Sucess'].map((label) =>
      charts.draw({ ...bars, bars: [{ label, value: 1, tone: 'good' }] }),
    ),
  );
  const hashes = drawn.map((png) => createHash('sha256').update(png).digest('hex'));
  expect(new Set(hashes).size).toBe(2);
});

it('says in words what it shows', () => {
  expect(chartText(bars)).toBe('Policies on Nov 20, 2026. Success: 8,512, Not Found: 0.');
  expect(chartText(line(days(2)))).toBe(
    'Northbridge Life 00123-4567. Account Value: $410,000.00 on Aug 1, 2026, $410,001.00 on Aug 2, 2026.',
  );
  expect(chartText(line(days(100)))).toContain('from $410,000.00 on Aug 1, 2026 to $410,099.00');
});

it('keeps its words within what Slack takes', () => {
  const many = Array.from({ length: 40 }, (_, index) => ({
    label: `A carrier with a long name, number ${index}`,
    value: index,
    tone: 'idle' as const,
  }));
  expect(altOf(chartPicture({ ...bars, bars: many })).length).toBeLessThanOrEqual(1000);
});

it('knows the same chart by the same id', () => {
  expect(chartPicture(bars).id).toBe(chartPicture(structuredClone(bars)).id);
  expect(chartPicture(bars).id).not.toBe(chartPicture({ ...bars, title: 'Other' }).id);
});
