import { type KnownBlock, plain } from './blocks.ts';
import type { View } from '@slack/types';

/** One that only says something; also what stands there while the book is searched. */
export const sayingModal = (...blocks: KnownBlock[]): View => ({
  type: 'modal',
  title: plain('Swivel Sync', 24),
  close: plain('Close', 24),
  blocks,
});
