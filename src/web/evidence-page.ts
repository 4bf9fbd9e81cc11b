import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Router, type Response } from 'express';

export interface PictureDependencies {
  /** The file that this address shows, while it does. */
  fileOf: (token: string) => Promise<string | undefined>;
  /** Folder of the masked pictures and traces. */
  folder: string;
}

interface Shown {
  /** The page around a picture, of which the image is one step further than the page. */
  page: (response: Response, image: string) => void;
  gone: (response: Response) => void;
}

/** Names as the worker gives them: nothing that could lead out of the folder. */
const EVIDENCE = /^[\w-]+\.(png|txt)$/;
const IMAGE = 'image.png';

/** A masked picture, or trace, of a page that was not understood, for support: never uploaded anywhere. */
export const picturePage = (
  { fileOf, folder }: PictureDependencies,
  { page, gone }: Shown,
): Router => {
  const router = Router();
  const fileAt = async (token: string): Promise<string | undefined> => {
    const file = await fileOf(token);
    return file !== undefined && EVIDENCE.test(file) && existsSync(join(folder, file))
      ? file
      : undefined;
  };
  const send = (response: Response, file: string): void =>
    response
      .type(file.endsWith('.png') ? 'png' : 'txt')
      .sendFile(file, { root: folder, cacheControl: false });
  router.use((_request, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  router.get('/:token', async (request, response) => {
    const { token } = request.params;
    const file = await fileAt(token);
    if (file === undefined) gone(response);
    else if (file.endsWith('.png')) page(response, `${token}/${IMAGE}`);
    else send(response, file);
  });
  router.get(`/:token/${IMAGE}`, async (request, response) => {
    const file = await fileAt(request.params.token);
    if (file === undefined) gone(response);
    else send(response, file);
  });
  return router;
};
