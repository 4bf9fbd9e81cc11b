const CHANGE = 'event: change\n';

/**
 * Yields once at once and after every change the workspace tells of; ends when the signal aborts or
 * the workspace closes the stream.
 */
export async function* changesOf(url: string, signal: AbortSignal): AsyncGenerator<undefined> {
  // Leaving the loop must end the request: an open one keeps the process alive.
  const left = new AbortController();
  const response = await fetch(url, { signal: AbortSignal.any([signal, left.signal]) });
  try {
    if (response.body === null || !response.ok)
      throw new Error(`${url} answered ${response.status}: no changes to listen to.`);
    yield undefined;
    const decoder = new TextDecoder();
    let text = '';
    for await (const part of response.body) {
      text += decoder.decode(part, { stream: true });
      if (text.includes(CHANGE)) yield undefined;
      text = text.slice(text.lastIndexOf('\n') + 1);
    }
  } finally {
    left.abort();
  }
}
