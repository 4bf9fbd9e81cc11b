import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Router, type Response } from 'express';

export interface PictureDependencies {
  /** The file that this address shows, while it does. */
  fileOf: (token: string) => Promise<string | undefined>;
  /** Folder of the masked pictures and traces. */
  folder: string;
}

/** Names as the worker gives them: nothing that could lead out of the folder. */
const EVIDENCE = /^[\w-]+\.(png|txt)$/;

/** A masked picture, or trace, of a page that was not understood, for support: never uploaded anywhere. */
export const picturePage = (
  { fileOf, folder }: PictureDependencies,
  gone: (response: Response) => void,
): Router => {
  const router = Router();
  router.get('/:token', async (request, response) => {
    const file = await fileOf(request.params.token);
    response.set('cache-control', 'no-store');
    if (file === undefined || !EVIDENCE.test(file) || !existsSync(join(folder, file))) {
      gone(response);
      return;
    }
    response
      .type(file.endsWith('.png') ? 'png' : 'txt')
      .sendFile(file, { root: folder, cacheControl: false });
  });
  return router;
};
