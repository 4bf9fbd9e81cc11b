import { list, messageOfProblem, problemsOf } from './checks.ts';
import { asObject, asObjects, asText, type Json } from './json.ts';
import { LIMITS } from './limits.ts';
import { suggestionPayload } from './payloads.ts';
import { blocksOf, nameOf, placeFor } from './places.ts';
import type { OptionsAct, OptionsAnswer } from './protocol.ts';
import type { Person } from './seed.ts';
import { optionGroup, selectOption } from './texts.ts';
import { inputOf } from './views.ts';
import type { World } from './world.ts';

const OPTIONS = list(selectOption, LIMITS.options);
const GROUPS = list(optionGroup, LIMITS.optionGroups);

/** What Slack would refuse of an app's answer to an external select. */
const optionProblems = (answer: Json): string[] => {
  const { options, option_groups: groups } = answer;
  const problems =
    options === undefined && groups !== undefined
      ? problemsOf(GROUPS, groups, '/option_groups')
      : problemsOf(OPTIONS, options, '/options');
  return problems.map(messageOfProblem);
};

const DEFAULT_MIN_QUERY = 3;

/** The options of an external select, asked of the app as the person types. */
export const options = async (
  world: World,
  person: Person,
  act: OptionsAct,
): Promise<OptionsAnswer> => {
  const place = placeFor(world, person, act.on);
  const element = place && inputOf(blocksOf(place), act.blockId, act.actionId);
  if (place === undefined || element === undefined) return { options: [] };
  if (act.typed.length < Number(element['min_query_length'] ?? DEFAULT_MIN_QUERY))
    return { options: [] };
  const ack = await world.deliver('interactive', suggestionPayload(world, person, place, act));
  if (ack.kind !== 'acked') return { options: [], problem: ack.kind };
  const problems = optionProblems(ack.payload);
  if (problems.length > 0) return { options: [], problem: problems.join(' ') };
  const groups = asObjects(ack.payload['option_groups']);
  const found = [ack.payload, ...groups].flatMap(({ options }) => asObjects(options));
  const key = [person.id, nameOf(place), act.blockId, act.actionId];
  for (const option of found)
    world.offered.set([...key, asText(option['value'])].join('\n'), option);
  return { options: found.map(shownOption) };
};

const shownOption = (option: Json): OptionsAnswer['options'][number] => {
  const text = (value: unknown): string => asText(asObject(value)?.['text']);
  const description = text(option['description']);
  return {
    text: text(option['text']),
    value: asText(option['value']),
    ...(description === '' ? {} : { description }),
  };
};
