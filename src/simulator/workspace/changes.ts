/**
 * Yields once at once and after every change the workspace tells of; ends when the signal aborts or
 * the workspace closes the stream.
 */
export async function* changesOf(url: string, signal: AbortSignal): AsyncGenerator<undefined> {
  const response = await fetch(url, { signal });
  if (response.body === null || !response.ok)
    throw new Error(`${url} answered ${response.status}: no changes to listen to.`);
  yield undefined;
  const text = response.body.pipeThrough(new TextDecoderStream());
  for await (const part of text) if (part.includes('event: change')) yield undefined;
}
