import type { LocalMessage, LocalShortcut } from '#simulator/workspace/protocol.ts';
import { type ReactNode, useState } from 'react';
import { act } from './api.ts';
import { useDirectory } from './directory.ts';
import { Menu } from './parts/menu.tsx';

interface ShortcutsProps {
  onProblem: (problem: string) => void;
  refresh: () => Promise<void>;
}

/** The shortcuts of a kind as items of a menu, and whether one is being asked for. */
const useShortcuts = (
  type: LocalShortcut['type'],
  message: LocalMessage | undefined,
  { onProblem, refresh }: ShortcutsProps,
) => {
  const { state } = useDirectory();
  const [busy, setBusy] = useState(false);
  const run = async (callbackId: string): Promise<void> => {
    setBusy(true);
    const answer = await act('shortcut', {
      as: state.me.id,
      callbackId,
      ...(message && { message: { channel: message.channel, ts: message.ts } }),
    });
    if (!answer.ok) onProblem(answer.problem ?? 'The app did not answer.');
    await refresh();
    setBusy(false);
  };
  const items = state.me.deleted ? [] : state.shortcuts.filter((each) => each.type === type);
  return {
    busy,
    app: state.bot.name,
    items: items.map(({ callbackId, name, description }) => ({
      key: callbackId,
      text: name,
      about: description,
      run: () => void run(callbackId),
    })),
  };
};

/** What apps can do with a message; also in threads, where commands do not work. */
export const MessageShortcuts = (
  props: ShortcutsProps & { message: LocalMessage; label: string },
): ReactNode => {
  const { items, busy, app } = useShortcuts('message', props.message, props);
  if (items.length === 0) return null;
  return (
    <Menu label={props.label} items={items} busy={busy} className="small" heading={app}>
      ⋯
    </Menu>
  );
};

/** What apps can do from anywhere: the bolt beside what is written. */
export const GlobalShortcuts = (props: ShortcutsProps): ReactNode => {
  const { items, busy, app } = useShortcuts('global', undefined, props);
  if (items.length === 0) return null;
  return (
    <Menu label="Shortcuts" items={items} busy={busy} align="start" heading={app}>
      <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" fill="currentColor">
        <path d="M13.5 2 4 13.5h6L9 22l10-12h-6.2z" />
      </svg>
    </Menu>
  );
};
