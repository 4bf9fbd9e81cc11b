import { isPublicAlone, loadOrCreateKeys } from '#database/keys.ts';
import { loadConfig } from './config.ts';

/**
 * A process of its own, which ends at once: the bot's never holds what opens a secret. With the word
 * `bot`, one that has no worker on its machine seals by the public key that was brought to it.
 */
try {
  const { keyPlace } = loadConfig(process.env, 'keys');
  const isBotAlone = process.argv[2] === 'bot' && isPublicAlone(keyPlace);
  if (!isBotAlone) await loadOrCreateKeys(keyPlace);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
