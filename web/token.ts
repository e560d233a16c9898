/** The auditor's bearer token: it lives in this variable alone, and is gone with the page. */
let token: string | undefined;

export const bearer = {
  /** A token as text, or `undefined` to forget it. */
  set(value: string | undefined): void {
    token = value?.trim() || undefined;
  },
  has: () => token !== undefined,
  headers: (): Readonly<Record<string, string>> => (token === undefined ? {} : { authorization: `Bearer ${token}` }),
};
