// Who makes a request, as Keystone says.

export interface Identity {
  userId: string;
  /** Project that the token is scoped to; null for none. */
  projectId: string | null;
  roles: readonly string[];
  /** Passed on to Neutron when it is asked on the user's behalf. */
  token: string;
}
