import { raw, Router } from 'express';
import type { KnownBlock } from '@slack/types';
import { asObject, asText, type Json } from './json.ts';
import { fileOf, type StoredFile } from './state.ts';
import type { World } from './world.ts';

const TYPES: Record<string, string> = {
  png: 'image/png',
  csv: 'text/csv; charset=utf-8',
};

/** The ids of all files that these blocks show. */
export const mentionsOfFiles = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(mentionsOfFiles);
  const given = asObject(value);
  if (given === undefined) return [];
  const file = asObject(given['slack_file']);
  return [
    ...(file === undefined ? [] : [asText(file['id']) || asText(file['url'])]),
    ...Object.values(given).flatMap(mentionsOfFiles),
  ];
};

const addressOf = (world: World, id: string): string => `${world.url}/files/${id}`;

/** As a browser can show them: a file of the workspace by its address. */
export const withFileAddresses = <T extends KnownBlock>(world: World, blocks: readonly T[]): T[] =>
  shown(world, blocks) as T[];

const shown = (world: World, value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((each) => shown(world, each));
  const given = asObject(value);
  if (given === undefined) return value;
  const { slack_file: file, ...rest } = given;
  const drawn: Json = Object.fromEntries(
    Object.entries(rest).map(([name, field]) => [name, shown(world, field)]),
  );
  const id = asText(asObject(file)?.['id']);
  return id === ''
    ? { ...drawn, ...(file === undefined ? {} : { slack_file: file }) }
    : { ...drawn, image_url: addressOf(world, id) };
};

/** A shared file as the page and `say` show it. */
export const localFile = (world: World, id: string) => {
  const file = fileOf(world.state, id);
  return { id, name: file?.title ?? id, url: addressOf(world, id) };
};

/** Bytes as they are, or as the one part of a form: Slack takes both. */
const bytesOf = async (body: unknown, contentType: string): Promise<Buffer | undefined> => {
  if (!Buffer.isBuffer(body)) return undefined;
  if (!contentType.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': contentType },
  }).formData();
  const [part] = form.values();
  if (part === undefined) return undefined;
  return typeof part === 'string' ? Buffer.from(part) : Buffer.from(await part.arrayBuffer());
};

/** Where files are sent to, and where browsers find them. */
export const fileRoutes = (world: World): Router => {
  const routes = Router();
  routes.post(
    '/upload/v1/:key',
    raw({ type: () => true, limit: '50mb' }),
    async (request, response) => {
      const file = Object.values(world.state.files).find(
        ({ key }) => key === request.params['key'],
      );
      const bytes = await bytesOf(request.body, request.get('content-type') ?? '');
      if (file === undefined || file.complete || bytes?.length !== file.length) {
        response.status(400).type('text/plain').send('upload refused');
        return;
      }
      file.content = bytes.toString('base64');
      response.type('text/plain').send(`OK - ${bytes.length}`);
    },
  );
  routes.get('/files/:id', (request, response) => {
    const file: StoredFile | undefined = fileOf(world.state, request.params['id']);
    if (file?.content === undefined || !file.complete) {
      response.status(404).type('text/plain').send('There is no such file.\n');
      return;
    }
    const ending = file.name.split('.').at(-1) ?? '';
    response
      .set('content-security-policy', 'sandbox')
      .set('x-content-type-options', 'nosniff')
      .set('content-type', TYPES[ending] ?? 'application/octet-stream')
      .send(Buffer.from(file.content, 'base64'));
  });
  return routes;
};
