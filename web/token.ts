/** The auditor's bearer token. It is stored only in this variable, so it is gone when the page is closed. */
let token: string | undefined;

export const bearer = {
  /** Stores a token; `undefined` deletes it. */
  set(value: string | undefined): void {
    token = value?.trim() || undefined;
  },
  has: () => token !== undefined,
  headers: (): Readonly<Record<string, string>> => (token === undefined ? {} : { authorization: `Bearer ${token}` }),
};
