import type { LocalCode, LocalLogin, LocalOutside } from '#simulator/workspace/protocol.ts';
import { type ReactNode, useState } from 'react';
import { nameOf, useDirectory } from './directory.ts';
import { formatClock } from './time.ts';

/** A text that is read or copied, as into the link page. */
const Copied = ({ text, name }: { text: string; name: string }): ReactNode => {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <span className="copied">
      <code>{text}</code>
      <button
        type="button"
        className="button small"
        aria-label={`Copy ${name}`}
        onClick={() => void copy()}
      >
        {copied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
};

const LoginLine = ({ login, portal }: { login: LocalLogin; portal: string }): ReactNode => (
  <tr>
    <th scope="row">
      {login.source}
      <a href={portal} target="_blank" rel="noreferrer">
        {login.carrier}
      </a>
    </th>
    <td data-label="User name">
      <Copied text={login.user} name={`user name of ${login.source}`} />
    </td>
    <td data-label="Password">
      <Copied text={login.password} name={`password of ${login.source}`} />
    </td>
  </tr>
);

interface TableProps {
  title: string;
  logins: LocalLogin[];
  outside: LocalOutside;
}

const LoginTable = ({ title, logins, outside }: TableProps): ReactNode =>
  logins.length === 0 ? null : (
    <table className="logins">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">Login source</th>
          <th scope="col">User name</th>
          <th scope="col">Password</th>
        </tr>
      </thead>
      <tbody>
        {logins.map((login) => (
          <LoginLine
            key={login.source}
            login={login}
            portal={outside.portals.find(({ carrier }) => carrier === login.carrier)?.url ?? ''}
          />
        ))}
      </tbody>
    </table>
  );

/** What stands in a password manager elsewhere: these carriers exist on this machine alone. */
export const Logins = ({ outside }: { outside: LocalOutside }): ReactNode => {
  const { state } = useDirectory();
  const isMine = ({ holder }: LocalLogin): boolean => holder === state.me.id;
  const { users, password, code } = outside.sandbox;
  return (
    <div className="beyond" tabIndex={0} role="region" aria-label="Logins">
      <LoginTable
        title={`Held by ${state.me.name}`}
        logins={outside.logins.filter(isMine)}
        outside={outside}
      />
      <LoginTable
        title="Held by others of the firm"
        logins={outside.logins.filter((login) => !isMine(login))}
        outside={outside}
      />
      <section>
        <h3>Sandbox users</h3>
        <p>
          Every carrier also knows these. Link a login with one of them, and what its name says
          happens. All have the password <code>{password}</code> and, where a code is asked for,{' '}
          <code>{code}</code>.
        </p>
        <p className="users">
          {users.map((user) => (
            <code key={user}>{user}</code>
          ))}
        </p>
      </section>
      <section>
        <h3>The carriers&apos; portals</h3>
        <ul className="portals">
          {outside.portals.map(({ carrier, url }) => (
            <li key={url}>
              <a href={url} target="_blank" rel="noreferrer">
                {carrier}
              </a>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
};

const WAYS: Record<LocalCode['way'], string> = {
  text: 'sent a text message',
  voice: 'called',
  email: 'sent an e-mail',
  app: 'is in the authenticator app',
};

const CodeNote = ({ waiting }: { waiting: LocalCode }): ReactNode => {
  const { state } = useDirectory();
  const { carrier, user, way, code, holder, until } = waiting;
  return (
    <li className="code-note">
      <p>
        <strong>{carrier}</strong> {WAYS[way]}
        {holder === undefined ? '' : `, for ${nameOf(state, holder)}`}
      </p>
      <p className="code">
        <Copied text={code} name={`code of ${user}`} />
      </p>
      <p className="quiet">
        For the login {user}. Enter it where you are asked for it, until{' '}
        {formatClock(new Date(until))}.
      </p>
    </li>
  );
};

export const Phone = ({ outside }: { outside: LocalOutside }): ReactNode => (
  <div className="beyond" tabIndex={0} role="region" aria-label="Codes">
    <ul className="phone" aria-live="polite" aria-label="Codes that wait to be entered">
      {outside.codes.toReversed().map((waiting) => (
        <CodeNote key={`${waiting.carrier} ${waiting.user} ${waiting.until}`} waiting={waiting} />
      ))}
    </ul>
    {outside.codes.length === 0 && (
      <p className="empty">
        No code is on its way. When a carrier sends one, while a login is linked or signs in, it
        arrives here.
      </p>
    )}
  </div>
);
