import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lookAtSignIn } from '#portal/recording/sign-in-page.ts';
import {
  describeElement,
  findOf,
  signInAmong,
  type PageElement,
} from '#portal/recording/page-elements.ts';
import { folderOf, isInside, openBrowser } from './carriers-at-hand.ts';
import { firstParser, firstWay, indexFile, type FirstFacts } from './scaffold.ts';
import { CommandError, type Terminal } from '../terminal.ts';

export interface NewOptions {
  url?: string;
  title?: string;
  folder?: string;
}

const titled = (id: string): string =>
  id
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');

/** Makes a carrier's folder from its sign-in page. */
export const newCarrier = async (
  terminal: Terminal,
  id: string,
  options: NewOptions,
): Promise<void> => {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
    throw new CommandError(`"${id}" is not in kebab case. Example: lakeside-benefit`);
  const parent = folderOf(options.folder);
  const folder = join(parent, id);
  if (existsSync(folder))
    throw new CommandError(`${folder} is there already. Take another name, or remove it.`);
  const { name, url } = await basics(terminal, id, options);

  terminal.print(`Opening ${url.href}`);
  await using browser = openBrowser([url.origin]);
  const seen = await lookAtSignIn(browser, url.href);
  for (const element of seen.elements) terminal.print(`  ${describeElement(element)}`);
  for (const host of seen.refused)
    terminal.print(`  It also wanted ${host}: where that is the portal's own, add it to origins.`);
  const { facts, notes } = firstFacts({
    id,
    name,
    url: new URL(seen.url),
    elements: seen.elements,
  });

  const kind = { typed: isInside(parent) };
  await mkdir(join(folder, 'pages'), { recursive: true });
  const files = [indexFile(kind, facts), firstWay(kind), firstParser(kind)];
  for (const [file, text] of files) await writeFile(join(folder, file), text);
  terminal.print(`Made ${folder}: ${files.map(([file]) => file).join(', ')}`);
  for (const note of notes) terminal.print(`  Look at this: ${note}`);
  const outside = options.folder === undefined ? '' : ` --folder ${options.folder}`;
  terminal.print(
    `Next: npm run sync -- carrier record ${basename(folder)} --number <a policy number>${outside}`,
  );
};

const basics = async (
  terminal: Terminal,
  id: string,
  options: NewOptions,
): Promise<{ name: string; url: URL }> => {
  if (options.url === undefined && !terminal.isThere)
    throw new CommandError('Say where people sign in: --url https://portal.example/login');
  const address = options.url ?? (await terminal.ask('Address of the sign-in page?'));
  const url = URL.parse(address);
  const isLoopback = /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url?.hostname ?? '');
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLoopback))
    throw new CommandError(`"${address}" is not an https address (http is for this machine only).`);
  const asks = options.title === undefined && options.url === undefined;
  const name =
    options.title ??
    (asks ? await terminal.ask('What do people call it?', titled(id)) : titled(id));
  return { name, url };
};

/** The sign-in as it is declared; `notes` are what was guessed without seeing it. */
const firstFacts = (seen: {
  id: string;
  name: string;
  url: URL;
  elements: readonly PageElement[];
}): { facts: FirstFacts; notes: string[] } => {
  const { user, password, submit } = signInAmong(seen.elements);
  const notes: string[] = [];
  const located = (element: PageElement | undefined, usual: string) => {
    const find = element && findOf(element);
    if (find === undefined)
      notes.push(`no ${usual.toLowerCase()} field was found; "${usual}" is a guess`);
    return {
      label: element?.label || element?.placeholder || usual,
      find: find ?? { label: usual },
    };
  };
  const button = submit && findOf(submit);
  if (button === undefined) notes.push('no button to sign in was found; "Sign in" is a guess');
  const twoScreens = user !== undefined && password === undefined && button !== undefined;
  return {
    notes,
    facts: {
      id: seen.id,
      name: seen.name,
      origin: seen.url.origin,
      signInPath: `${seen.url.pathname}${seen.url.search}${seen.url.hash}`,
      user: located(user, 'User name'),
      password: located(password, 'Password'),
      submit: button ?? { role: ['button', 'Sign in'] },
      ...(twoScreens ? { next: button } : {}),
    },
  };
};
