import { browserLaunch, type Tool } from '#setup/tools.mjs';
import type { Config } from './config.ts';

export const NO_SANDBOX = 'Chromium runs without its sandbox here.';
/** Said where only the portals of this machine are met: there is nothing to do. */
export const NO_SANDBOX_LOCAL =
  'Chromium runs without its sandbox here, which is fine for the local portals. For real carriers, docs/security.md says how it gets one.';
type Rule = Pick<Config, 'chromiumSandbox' | 'nodeEnv'>;

/** Without a sandbox Chromium is refused where one is required. */
export const sandboxRule = (
  works: boolean,
  { chromiumSandbox, nodeEnv }: Rule,
): 'on' | 'off' | 'refused' => {
  if (works) return 'on';
  const rule = chromiumSandbox ?? (nodeEnv === 'production' ? 'required' : 'optional');
  return rule === 'required' ? 'refused' : 'off';
};

/** What is left to do about one that is missing, and nothing that is done. */
export const sandboxAdvice = (
  sandbox: 'off' | 'refused',
  { chromiumSandbox }: Pick<Rule, 'chromiumSandbox'>,
  isRoot = process.getuid?.() === 0,
): string => {
  const namespaces = 'make user namespaces (in a container: with chromium-seccomp.json)';
  const way = isRoot
    ? `Start as a user who is not root and may ${namespaces}`
    : `Let this user ${namespaces}`;
  if (sandbox === 'refused') return `${way}, or set CHROMIUM_SANDBOX=optional.`;
  return chromiumSandbox === 'optional'
    ? `CHROMIUM_SANDBOX=optional allows that. For a sandbox: ${way}.`
    : `${way}; production refuses it otherwise.`;
};

/** Whether this Chromium is held by its sandbox here. */
export const sandboxOf = (chromium: Tool, env: Record<string, string | undefined>, rule: Rule) =>
  sandboxRule(browserLaunch(chromium, env).chromiumSandbox, rule);
