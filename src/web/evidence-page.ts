import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Router, type Request, type Response } from 'express';

export interface PictureDependencies {
  /** The file that this address shows, while it does. */
  fileOf: (token: string) => Promise<string | undefined>;
  /** Folder of the masked pictures and traces. */
  folder: string;
}

interface Shown {
  /** The page around a picture, of which the image is one step further than the page. */
  page: (response: Response, image: string) => void;
  /** The address shows nothing any more. */
  gone: (response: Response) => void;
  /** The address is good, and the file is not in this folder. */
  elsewhere: (response: Response) => void;
}

/** Names as the worker gives them: nothing that could lead out of the folder. */
const EVIDENCE = /^[\w-]+\.(png|txt)$/;
const IMAGE = 'image.png';

/** A masked picture, or trace, of a page that was not understood, for support: never uploaded anywhere. */
export const picturePage = (
  { fileOf, folder }: PictureDependencies,
  { page, gone, elsewhere }: Shown,
): Router => {
  const router = Router();
  const send = (response: Response, file: string): void =>
    response
      .type(file.endsWith('.png') ? 'png' : 'txt')
      .sendFile(file, { root: folder, cacheControl: false });
  const show =
    (found: (response: Response, file: string, token: string) => void) =>
    async ({ params }: Request<{ token: string }>, response: Response): Promise<void> => {
      const file = await fileOf(params.token);
      if (file === undefined || !EVIDENCE.test(file)) gone(response);
      else if (existsSync(join(folder, file))) found(response, file, params.token);
      else elsewhere(response);
    };
  router.use((_request, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  router.get(
    '/:token',
    show((response, file, token) =>
      file.endsWith('.png') ? page(response, `${token}/${IMAGE}`) : send(response, file),
    ),
  );
  router.get(`/:token/${IMAGE}`, show(send));
  return router;
};
