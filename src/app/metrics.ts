import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Notice } from '#core/sessions/notice.ts';
import { isEnded, REASONS, statusOf, type Reason } from '#shared/outcome.ts';

const WAITS_S = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900];

const ENDS = (Object.keys(REASONS) as Reason[]).filter((reason) => isEnded(statusOf(reason)));
/** Why a sign-in ends without a session. */
const NOT_SIGNED_IN = ENDS.filter((reason) => ['needs-link', 'failed'].includes(statusOf(reason)));

/** Numbers of one process; a Prometheus adds them up. No name, number or id of a person or policy. */
export const createMetrics = () => {
  const registry = new Registry();
  const registers = [registry];
  const asked: (() => void)[] = [];
  collectDefaultMetrics({ register: registry });

  const ended = new Counter({
    name: 'swivel_syncs_ended_total',
    help: 'Syncs that this worker ended.',
    labelNames: ['carrier', 'status', 'reason', 'urgency'],
    registers,
  });
  const putOff = new Counter({
    name: 'swivel_syncs_put_off_total',
    help: 'Syncs that this worker put back, to be tried later.',
    labelNames: ['carrier', 'reason'],
    registers,
  });
  const waits = new Histogram({
    name: 'swivel_force_wait_seconds',
    help: 'From the moment a force sync could run to the moment this worker began it.',
    labelNames: ['carrier'],
    buckets: WAITS_S,
    registers,
  });
  const signIns = new Counter({
    name: 'swivel_sign_ins_total',
    help: 'Sign-ins at a portal, by whether a person was there, and what came of them.',
    labelNames: ['carrier', 'by', 'outcome'],
    registers,
  });
  const slow = new Counter({
    name: 'swivel_slow_statements_total',
    help: 'Statements of the database that took over 50 ms, in which nothing else was done.',
    registers,
  });

  return {
    slowStatement: (): void => slow.inc(),
    /**
     * Counts what may end at these carriers from 0 on: of a number that begins at its first failures,
     * Prometheus sees no increase by them.
     */
    known: (carriers: readonly string[]): void => {
      for (const carrier of carriers) {
        for (const reason of ENDS)
          for (const urgency of ['force', 'daily'])
            ended.inc({ carrier, status: statusOf(reason), reason, urgency }, 0);
        for (const outcome of ['signed-in', ...NOT_SIGNED_IN])
          for (const by of ['itself', 'person']) signIns.inc({ carrier, by, outcome }, 0);
      }
    },
    notice: (of: Notice): void => {
      const { carrierId: carrier } = of;
      switch (of.kind) {
        case 'sync-began':
          if (of.waitedMs !== undefined) waits.observe({ carrier }, of.waitedMs / 1000);
          return;
        case 'sync-ended': {
          const { status, reason, forced } = of;
          ended.inc({ carrier, status, reason, urgency: forced ? 'force' : 'daily' });
          return;
        }
        case 'sync-put-off':
          putOff.inc({ carrier, reason: of.reason });
          return;
        case 'sign-in':
          signIns.inc({ carrier, by: of.by, outcome: of.outcome });
      }
    },
    /** One number, asked for at each scrape; none is shown where it is not known. */
    gauge: (name: string, help: string, now: () => number | undefined): void => {
      const gauge = new Gauge({ name, help, registers });
      asked.push(() => {
        const value = now();
        if (value === undefined) gauge.remove();
        else gauge.set(value);
      });
    },
    /** A number for each of these labels, set anew by `refresh`. */
    gaugeOf: (name: string, help: string, label: string) => {
      const gauge = new Gauge({ name, help, labelNames: [label], registers });
      return (values: Readonly<Record<string, number>>): void => {
        gauge.reset();
        for (const [key, value] of Object.entries(values)) gauge.set({ [label]: key }, value);
      };
    },
    read: async (): Promise<{ type: string; text: string }> => {
      for (const ask of asked) ask();
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
};

export type Metrics = ReturnType<typeof createMetrics>;
