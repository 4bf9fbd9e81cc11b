import type { PolicyReading } from './portal.ts';
import type { Carrier, JsonPortal } from './contract.ts';
import type { TaughtWords } from '#shared/status.ts';
import { checkReading } from './reading.ts';
import type { PortalEvent, Tab } from './tab.ts';
import { AnswerRefused, PortalChanged, scrubbed, failureOfStatus } from './failure.ts';

/** So often in a row may a session's JSON not be understood, before it is no longer asked for. */
const MOST_MISSES = 3;

/** How one policy is read: by the portal's JSON where the carrier declares it, else by its pages. */
export const policyReader = (deps: {
  carrier: Carrier;
  tab: Tab;
  json: JsonPortal;
  taught: () => TaughtWords | undefined;
  log?: (event: PortalEvent) => void;
}) => {
  const { carrier, tab, json, taught } = deps;
  let misses = 0;

  /** Undefined when the portal does not answer as the adapter knows it: then its pages are read. */
  const byJson = async (number: string): Promise<PolicyReading | undefined> => {
    if (!carrier.readJson || misses >= MOST_MISSES) return undefined;
    try {
      const capture = await carrier.readJson(json, number);
      const reading = checkReading(carrier.parsePolicy(capture, number), number, carrier, taught());
      misses = 0;
      return reading;
    } catch (error) {
      // A session that ended, or was ended by another, is told apart by the words of the page alone.
      if (error instanceof AnswerRefused && error.status < 429) {
        misses += 1;
        return undefined;
      }
      const refused = error instanceof AnswerRefused && failureOfStatus(error.status);
      if (refused) return refused;
      if (!(error instanceof PortalChanged)) throw error;
      misses += 1;
      deps.log?.({
        event: 'not-understood',
        carrier: carrier.id,
        step: 'json',
        detail: scrubbed(error.message),
        picture: undefined,
      });
      return undefined;
    }
  };

  const byPages = async (number: string): Promise<PolicyReading> => {
    // A page whose own script asks for JSON may still wait for it: nothing of that is this read's.
    tab.forget();
    const capture = await carrier.readPolicy(tab.page(), number);
    const ended = await tab.judge();
    if (ended) return ended;
    const reading = checkReading(carrier.parsePolicy(capture, number), number, carrier, taught());
    // That there is none is believed of a page that says nothing else.
    return (reading.kind === 'absent' && (await tab.judgeAtLast())) || reading;
  };

  return async (number: string): Promise<PolicyReading> => {
    const reading = (await byJson(number)) ?? (await byPages(number));
    if (reading.kind !== 'failure') await tab.remember();
    return reading;
  };
};
