/** What is wrong with one value, and what to do about it; both are sentences for people. */
export interface Fault {
  column?: string;
  value?: string;
  wrong: string;
  todo: string;
}

export interface Problem extends Fault {
  file: string;
  line: number;
}

const LONGEST_SHOWN = 60;

const shown = (value: string): string =>
  JSON.stringify(
    value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value,
  ).replace(
    // A value that looks right and is not may hold what nobody sees.
    /[\p{Cf}\u00a0\u2007\u202f]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** `policies.csv:12, number "": is empty. Write the number as the carrier does.` */
export const describeProblem = ({ file, line, column, value, wrong, todo }: Problem): string => {
  const where = column === undefined ? '' : `, ${column}`;
  const what = value === undefined ? '' : ` ${shown(value)}`;
  return `${file}:${line}${where}${what}: ${wrong}. ${todo}`;
};
