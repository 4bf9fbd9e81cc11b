import { fileURLToPath } from 'node:url';
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Title,
  type ChartConfiguration,
  type Plugin,
} from 'chart.js';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { DAY } from '#shared/clock.ts';
import { answerEach } from '#threads/answer-each.ts';
import { exact, MOST_SERIES, type ChartSpec, type Tone, type Unit } from './chart.ts';

/** Runs in a thread of its own: draws charts. */

/** A phone shows a picture some 330 points wide: a third of this, where 34 pixels become 11 points. */
const WIDTH = 1000;
const FONT = 34;
const BAR = 76;
const LINE_HEIGHT = 620;

const INK = '#1d1c1d';
const FAINT = '#d9d9d9';
const PAPER = '#ffffff';
/** Okabe and Ito's colours, told apart by everybody; bars also carry their label and number. */
const TONES: Record<Tone, string> = {
  good: '#009e73',
  new: '#0072b2',
  old: '#e69f00',
  bad: '#d55e00',
  idle: '#8a8a8a',
};
const LINES = [
  { color: '#0072b2', dash: [] },
  { color: '#d55e00', dash: [18, 10] },
  { color: '#009e73', dash: [4, 8] },
  { color: '#cc79a7', dash: [26, 8, 4, 8] },
] as const;

/** At an axis a short form is enough: "$412.8K". */
const short = (value: number, unit: Unit): string =>
  new Intl.NumberFormat('en-US', {
    notation: 'compact',
    maximumFractionDigits: 1,
    ...(unit.kind === 'money' ? { style: 'currency', currency: unit.currency } : {}),
  }).format(unit.kind === 'money' ? value / 100 : value);

const serial = (iso: string): number => Date.parse(iso) / DAY;
/** Beyond a year the month says more than the day. */
const dayOf = (days: number, span: number): string =>
  new Date(days * DAY).toLocaleDateString('en-US', {
    timeZone: 'UTC',
    month: 'short',
    ...(span > 365 ? { year: '2-digit' } : { day: 'numeric' }),
  });

const MOST_TICKS = 4;

/** The first day and the last, and some between: people ask "since when?". */
const daysShown = (spec: Extract<ChartSpec, { kind: 'line' }>) => {
  const days = spec.series.flatMap(({ points }) => points.map((point) => serial(point.day)));
  const [first, last] = [Math.min(...days), Math.max(...days)];
  if (!Number.isFinite(first)) return { min: 0, max: 1, ticks: [] };
  if (first === last) return { min: first - 1, max: first + 1, ticks: [first] };
  const steps = Math.min(MOST_TICKS, last - first);
  const ticks = Array.from({ length: steps + 1 }, (_, index) =>
    Math.round(first + (index * (last - first)) / steps),
  );
  return { min: first, max: last, ticks };
};

/** Font, colours and what else all charts share. */
const base = {
  animation: false,
  responsive: false,
  devicePixelRatio: 1,
  font: { family: 'Chart', size: FONT },
  color: INK,
} as const;

const heading = (text: string) => ({
  display: true,
  text,
  align: 'start' as const,
  color: INK,
  font: { family: 'Chart', size: FONT + 4, weight: 600 },
  padding: { bottom: 24 },
});

/** A light background: Slack's dark theme shows pictures as they are. */
const paper: Plugin = {
  id: 'paper',
  beforeDraw: ({ ctx, width, height }) => {
    ctx.save();
    ctx.fillStyle = PAPER;
    ctx.fillRect(0, 0, width, height);
    ctx.restore();
  },
};

/** Each bar's number at its end, so that nobody measures against an axis. */
const numbers = (spec: Extract<ChartSpec, { kind: 'bars' }>): Plugin => ({
  id: 'numbers',
  afterDatasetsDraw: (chart) => {
    const { ctx } = chart;
    ctx.save();
    ctx.font = `600 ${FONT}px Chart`;
    ctx.fillStyle = INK;
    ctx.textBaseline = 'middle';
    for (const [index, { x, y }] of chart.getDatasetMeta(0).data.entries())
      ctx.fillText(exact(spec.bars[index]?.value ?? 0, spec.unit), x + 12, y);
    ctx.restore();
  },
});

const barConfig = (spec: Extract<ChartSpec, { kind: 'bars' }>): ChartConfiguration<'bar'> => {
  const most = Math.max(1, ...spec.bars.map(({ value }) => value));
  return {
    type: 'bar',
    data: {
      labels: spec.bars.map(({ label }) => label),
      datasets: [
        {
          data: spec.bars.map(({ value }) => (value === 0 ? null : value)),
          backgroundColor: spec.bars.map(({ tone }) => TONES[tone]),
          barThickness: BAR * 0.55,
          // A number that is not 0 is seen, however small beside the others.
          minBarLength: 5,
          borderRadius: 4,
        },
      ],
    },
    options: {
      ...base,
      indexAxis: 'y',
      layout: { padding: { top: 16, right: 24, bottom: 16, left: 16 } },
      plugins: { legend: { display: false }, title: heading(spec.title) },
      scales: {
        // Room at the end for the longest bar's number.
        x: { display: false, min: 0, max: most * 1.25 },
        y: {
          border: { display: false },
          grid: { display: false },
          ticks: { color: INK, font: { family: 'Chart', size: FONT }, autoSkip: false },
        },
      },
    },
    plugins: [paper, numbers(spec)],
  };
};

const lineConfig = (spec: Extract<ChartSpec, { kind: 'line' }>): ChartConfiguration<'line'> => {
  const shown = spec.series.slice(0, MOST_SERIES);
  const ticks = { color: INK, font: { family: 'Chart', size: FONT - 4 } };
  const days = daysShown(spec);
  return {
    type: 'line',
    data: {
      datasets: shown.map(({ name, points }, index) => {
        const { color, dash } = LINES[index] ?? LINES[0];
        return {
          label: name,
          data: points.map((point) => ({ x: serial(point.day), y: point.value })),
          borderColor: color,
          backgroundColor: color,
          borderDash: [...dash],
          borderWidth: 6,
          pointRadius: points.length > 30 ? 0 : 8,
          clip: false,
        };
      }),
    },
    options: {
      ...base,
      layout: { padding: { top: 16, right: 32, bottom: 16, left: 16 } },
      plugins: {
        legend: {
          display: shown.length > 1,
          align: 'start',
          labels: {
            color: INK,
            font: { family: 'Chart', size: FONT - 4 },
            boxWidth: 64,
            usePointStyle: true,
            pointStyle: 'line',
            padding: 28,
          },
        },
        title: heading(spec.title),
      },
      scales: {
        x: {
          type: 'linear',
          grid: { display: false },
          ticks: {
            ...ticks,
            maxRotation: 0,
            autoSkip: false,
            // The outer labels stay inside the picture.
            align: 'inner',
            callback: (value) => dayOf(Number(value), days.max - days.min),
          },
          min: days.min,
          max: days.max,
          afterBuildTicks: (axis) => {
            axis.ticks = days.ticks.map((value) => ({ value }));
          },
        },
        y: {
          border: { display: false },
          grid: { color: FAINT },
          ticks: {
            ...ticks,
            maxTicksLimit: 6,
            callback: (value) => short(Number(value), spec.unit),
          },
        },
      },
    },
    plugins: [paper],
  };
};

// A bare machine has no fonts at all, so one comes along.
for (const font of [
  import.meta.resolve('@fontsource/inter/files/inter-latin-400-normal.woff2'),
  import.meta.resolve('@fontsource/inter/files/inter-latin-ext-400-normal.woff2'),
  import.meta.resolve('@fontsource/inter/files/inter-latin-600-normal.woff2'),
  import.meta.resolve('@fontsource/inter/files/inter-latin-ext-600-normal.woff2'),
])
  GlobalFonts.registerFromPath(fileURLToPath(font), 'Chart');

Chart.register(
  BarController,
  BarElement,
  LineController,
  LineElement,
  PointElement,
  CategoryScale,
  LinearScale,
  Legend,
  Title,
);

answerEach(async (spec: ChartSpec): Promise<Uint8Array> => {
  const height = spec.kind === 'line' ? LINE_HEIGHT : 110 + BAR * Math.max(1, spec.bars.length);
  const canvas = createCanvas(WIDTH, height);
  // The library asks for the canvas of a browser; of it, it uses what this one has as well.
  const target = canvas as unknown as HTMLCanvasElement;
  const chart =
    spec.kind === 'bars' ? new Chart(target, barConfig(spec)) : new Chart(target, lineConfig(spec));
  try {
    return await canvas.encode('png');
  } finally {
    chart.destroy();
  }
});
