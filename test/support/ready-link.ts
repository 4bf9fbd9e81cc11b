import { confirmLink, continueLink, issueLink } from '#core/sign-in/link.ts';
import { linkOf, type LinkFirm } from './link-firm.ts';
import type { Link } from '#core/sign-in/store/links.ts';

/** A link that this person opened in a browser and confirmed: the fields are in sight. */
export const readyLink = async (firm: LinkFirm, personId = 'dana'): Promise<Link> => {
  const deps = firm;
  const issued = await issueLink(deps, { personId, sourceId: 'source' });
  if (issued.kind !== 'issued') throw new Error('The link was not issued.');
  const shown = await continueLink(deps, issued.token, 'browser');
  if (shown.kind === 'pairing') await confirmLink(deps, personId, issued.linkId, shown.number);
  return linkOf(firm, issued.linkId);
};
