import type { CodeChannel } from '#portal/portal.ts';
import type { SignInState } from './store/sign-ins.ts';
import type { SignInFailure } from '#core/logins/standing.ts';

/** A sign-in that asks for a code, as it is told to whom the carrier sends it. */
export interface CodePrompt {
  signInId: string;
  /** Who is asked: the holder of the login, or who signs in where the holder is not on Slack. */
  slackId: string;
  sourceName: string;
  carrierId: string;
  carrierName: string;
  /** Who signs in, when that is somebody else. */
  signingIn: string | null;
  state: SignInState;
  reason: SignInFailure | null;
  /** Where the carrier sent it, in its own words. */
  hint: string | null;
  /** The ways the portal offers for its code, where it lets one choose. */
  channels: readonly CodeChannel[];
  /** The code before was not accepted. */
  codeAgain: boolean;
  /** The person had another one sent. */
  codeSentAgain: boolean;
  /** Epoch ms at which the code was asked for. */
  wantedAt: number;
  /** Names this step of it, so that it is shown once. */
  step: string;
  ended: boolean;
}
