import * as cheerio from 'cheerio';

type Options = Parameters<typeof cheerio.load> extends [unknown, ...infer Rest] ? Rest : never;

/** A script may write halves of a character; the parser throws at two second ones in a row. */
export const parse = (html: string, ...options: Options): cheerio.CheerioAPI =>
  cheerio.load(html.toWellFormed(), ...options);
