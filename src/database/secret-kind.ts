/**
 * What is sealed. Of a sign-in: `credentials` and `seed-typed` as typed; `submitted`, which was given
 * to the portal and is opened by nobody again; `code`. Of a source: `password` and `seed` by consent,
 * `session` while it is signed in, and `device`, what is left of a session that has ended.
 */
export type SecretKind =
  | 'credentials'
  | 'seed-typed'
  | 'submitted'
  | 'code'
  | 'password'
  | 'seed'
  | 'session'
  | 'device';
