import { z } from 'zod';
import { policySettings } from '#core/policies/settings.ts';
import { requestSettings } from '#core/requests/settings.ts';
import { sessionSettings } from '#core/sessions/settings.ts';
import { databaseSettings } from '#database/settings.ts';
import { dailySyncSettings } from '#features/daily-sync/settings.ts';
import { digestSettings } from '#features/digest/settings.ts';
import { linkReminderSettings } from '#features/link-reminders/settings.ts';
import { meetingSettings } from '#features/meetings/settings.ts';
import { notificationSettings } from '#features/notifications/settings.ts';
import { supportCaseSettings } from '#features/support-cases/settings.ts';
import { webhookSettings } from '#features/webhooks/settings.ts';
import { portalSettings } from '#portal/settings.ts';
import { queueSettings } from '#queue/settings.ts';
import { slackSettings } from '#slack/settings.ts';
import { webSettings } from '#web/settings.ts';
import { key, oneOf, text, wholeNumber } from '#shared/setting.ts';

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const appSettings = {
  timeZone: key({
    env: 'TIME_ZONE',
    doc: 'Time zone of the firm, for days and schedules.',
    schema: z.string().refine(isTimeZone, 'is not a time zone'),
    default: 'America/New_York',
    example: 'America/Chicago',
  }),
  localWorkspace: key({
    env: 'LOCAL_WORKSPACE',
    doc: 'Set by `npm start` for its own worker: `1` when it serves the local workspace.',
    schema: oneOf(['0', '1']),
    default: '0',
    example: '1',
  }),
  keepSyncsDays: key({
    env: 'KEEP_SYNCS_DAYS',
    doc: 'Days until ended requests, syncs, meetings, pauses, sign-ins, links and notifications are forgotten; the newest sync of each policy stays.',
    schema: wholeNumber(30, 3660),
    default: '90',
    example: '180',
  }),
  keepCasesDays: key({
    env: 'KEEP_CASES_DAYS',
    doc: 'Days until closed support cases are forgotten, with what people wrote in them; the request they are of stays as long.',
    schema: wholeNumber(30, 3660),
    default: '365',
    example: '180',
  }),
  keepValuesDays: key({
    env: 'KEEP_VALUES_DAYS',
    doc: 'Days that the history of values reaches back; the newest of each policy stay. By default seven years, as the audit.',
    schema: wholeNumber(365, 36_600),
    default: '2562',
    example: '3660',
  }),
  keepEventsDays: key({
    env: 'KEEP_EVENTS_DAYS',
    doc: 'Days until events for a webhook are forgotten.',
    schema: wholeNumber(3, 3660),
    default: '30',
    example: '14',
  }),
  keepAuditDays: key({
    env: 'KEEP_AUDIT_DAYS',
    doc: 'Days until the oldest of the audit is let go; by default seven years, as the rules of the trade ask.',
    schema: wholeNumber(365, 36_600),
    default: '2562',
    example: '3660',
  }),
  logLevel: key({
    env: 'LOG_LEVEL',
    doc: 'How much is logged.',
    schema: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    example: 'warn',
  }),
  hangSeconds: key({
    env: 'HANG_SECONDS',
    doc: 'Seconds after which a bot or worker whose event loop stands still ends itself, to be started again; 0: never.',
    schema: wholeNumber(0, 3600),
    default: '60',
    example: '120',
  }),
  otelEndpoint: key({
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    doc: 'Your OpenTelemetry collector (OTLP over HTTP): each request is a trace there, over bot and worker, with ids alone.',
    schema: text(/^https?:\/\/\S+$/, 'is not a web address').optional(),
    example: 'http://127.0.0.1:4318',
  }),
  nodeEnv: key({
    env: 'NODE_ENV',
    doc: 'With `production`, a missing token stops the start instead of opening the local workspace.',
    schema: oneOf(['production', 'development', 'test']),
    default: 'development',
    example: 'production',
  }),
};

/** Every setting, by room; a new room's are a line here. */
export const KEYS = {
  ...slackSettings,
  ...webSettings,
  ...databaseSettings,
  ...queueSettings,
  ...portalSettings,
  ...policySettings,
  ...requestSettings,
  ...sessionSettings,
  ...dailySyncSettings,
  ...linkReminderSettings,
  ...supportCaseSettings,
  ...notificationSettings,
  ...meetingSettings,
  ...webhookSettings,
  ...digestSettings,
  ...appSettings,
};
