import { inBook } from '#core/policies/store/policies.ts';
import { contactById } from '#core/policies/store/contacts.ts';
import { meetingById, moveMeeting, addMeeting, endMeeting, type Meeting } from './store.ts';
import { cancelSyncsOf } from '#core/requests/store/cancels.ts';
import type { Store } from '#database/store.ts';
import type { Actor } from '#shared/access.ts';
import { planMeeting, type MeetingPlan } from './rules.ts';
import type { Clock } from '#shared/clock.ts';
import type { ContactDeps } from '#core/requests/contacts.ts';
import { scopeOf } from '#core/policies/look-up.ts';
import { needsOf, reachOf, workMinutes, type LoginNeed } from './reach.ts';
import type { Show } from '#queue/messages.ts';
import type { ContactBrief } from '#core/policies/policies.ts';

export interface MeetingDeps extends ContactDeps {
  store: Store;
  clock: Clock;
  show: Show;
}

/** What will be done for a meeting at this time, told before anything happens. */
export interface MeetingProposal extends MeetingPlan {
  contact: ContactBrief;
  at: number;
  zone: string;
  /** Policies that will be refreshed. */
  policies: number;
  /** Logins that need a person before. */
  needs: readonly LoginNeed[];
  /** Policies that no login of this person reaches. */
  unreachable: number;
  /** The evening before is over: nothing will be told of logins in advance. */
  warned: boolean;
}

export const mayMeet = async (
  {
    store,
    openBooks,
  }: Pick<ContactDeps, 'openBooks'> & {
    store: Store;
  },
  actor: Actor,
  contactId: string,
): Promise<boolean> =>
  actor.active &&
  (scopeOf(actor, openBooks).kind === 'all' || (await inBook(store, actor.id, contactId)));

export type Proposed =
  | { kind: 'proposal'; proposal: MeetingProposal }
  | { kind: 'refused' }
  | { kind: 'past' }
  | { kind: 'nothing'; contact: ContactBrief };

export const proposeMeeting = async (
  deps: MeetingDeps,
  actor: Actor,
  { contactId, at, zone }: { contactId: string; at: number; zone: string },
): Promise<Proposed> => {
  const contact = await contactById(deps.store, contactId);
  if (contact === undefined || !(await mayMeet(deps, actor, contactId))) return { kind: 'refused' };
  const now = deps.clock();
  if (at <= now) return { kind: 'past' };
  const reached = await reachOf(deps, actor, contactId);
  const reachable = reached.filter(({ source }) => source !== undefined);
  if (reachable.length === 0) return { kind: 'nothing', contact };
  const plan = planMeeting({ at, zone }, now, await workMinutes(deps.store, reached));
  return {
    kind: 'proposal',
    proposal: {
      ...plan,
      contact,
      at,
      zone,
      policies: reachable.length,
      needs: needsOf(reached, plan.refreshAt),
      unreachable: reached.length - reachable.length,
      warned: now >= plan.warnAt,
    },
  };
};

/** Makes the meeting, or moves the one named to this time; the proposal is what now stands. */
export const setMeeting = async (
  deps: MeetingDeps,
  actor: Actor,
  asked: { contactId: string; at: number; zone: string; meetingId?: string },
): Promise<
  Exclude<Proposed, { kind: 'proposal' }> | { kind: 'set'; proposal: MeetingProposal; id: string }
> => {
  const proposed = await proposeMeeting(deps, actor, asked);
  if (proposed.kind !== 'proposal') return proposed;
  const { proposal } = proposed;
  const { warnAt, refreshAt, cutoffAt, at, zone, warned } = proposal;
  const times = { warnAt, refreshAt, cutoffAt, at, zone, warned };
  const old =
    asked.meetingId === undefined ? undefined : await meetingById(deps.store, asked.meetingId);
  if (old !== undefined && (old.person.id !== actor.id || old.contactId !== asked.contactId))
    return { kind: 'refused' };
  if (old !== undefined && (await moveMeeting(deps.store, old.id, times)))
    return { kind: 'set', proposal, id: old.id };
  const id = await addMeeting(deps.store, {
    ...times,
    personId: actor.id,
    contactId: asked.contactId,
  });
  // Moved to a time that stands already, the two are one.
  if (old !== undefined && !old.ended) await cancelMeeting(deps, actor, old.id);
  return { kind: 'set', proposal, id };
};

/** What waits of its refresh is cancelled with it. */
export const cancelMeeting = async (
  { store, show }: Pick<MeetingDeps, 'store' | 'show'>,
  actor: Actor,
  meetingId: string,
): Promise<Meeting | undefined> => {
  const meeting = await meetingById(store, meetingId);
  if (meeting === undefined || meeting.person.id !== actor.id) return undefined;
  await endMeeting(store, meeting, 'cancelled');
  for (const requestId of meeting.requestIds) {
    await cancelSyncsOf(store, requestId, actor.id);
    await show(requestId);
  }
  return meeting;
};
