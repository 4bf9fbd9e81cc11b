import { loadOrCreateKeys } from '#database/keys.ts';
import { loadConfig } from './config.ts';

/** A process of its own, which ends at once: the bot's never holds what opens a secret. */
try {
  await loadOrCreateKeys(loadConfig(process.env, 'keys').keyPlace);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
