import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import '@fontsource/noto-emoji';
import 'slack-blocks-to-jsx/dist/style.css';
import '#web/assets/look.css';
import './style/page.css';
import './style/elements.css';
import './style/blocks.css';
import './style/outside.css';

const root = document.querySelector('#root');
if (!root) throw new Error('index.html has no #root.');
// Before the first drawing: where a character comes before its font, Chromium keeps an empty box.
await document.fonts.load("1em 'Noto Emoji'", '✅⚠🔄🔍🔑✋🚫👉⏸⏰🆘📅').catch(() => []);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
