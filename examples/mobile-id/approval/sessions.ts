import { Expiring } from "../shared/expiring.ts";
import { cookieOf } from "../shared/page.ts";
import { newSecret } from "../shared/secrets.ts";

/** Lifetime of a login, in milliseconds. The disclosed claims are deleted with it, within the purpose's retention. */
const SESSION_LIFE_MS = 8 * 3_600_000;

/** Most people who are logged in at a time. */
const MAX_USERS = 100_000;

/** Lifetime of a session in which nobody is logged in yet, in milliseconds: two minutes for the phone, two for the digits. */
const LOGIN_LIFE_MS = 300_000;

/** Most of these sessions at a time. Anybody can begin one, so they have no room in common with people who are logged in. */
export const MAX_LOGINS = 10_000;

/** A browser's session. */
export interface Session {
  readonly id: string;
  /** The request whose answer is pending. */
  request?: string;
  /** The claims that the person who logged in disclosed. */
  user?: Readonly<Record<string, unknown>>;
}

/** Sessions by a random cookie that scripts can't read and that forms of other sites do not send. */
export class Sessions {
  readonly #cookie: string;
  readonly #secure: boolean;
  readonly #users = new Expiring<Session>({ lifeMs: SESSION_LIFE_MS, most: MAX_USERS });
  readonly #logins = new Expiring<Session>({ lifeMs: LOGIN_LIFE_MS, most: MAX_LOGINS });

  /** @param name of the site: cookies of one host are sent to all of its ports. */
  constructor(name: string, url: string) {
    this.#secure = url.startsWith("https:");
    this.#cookie = this.#secure ? `__Host-${name}` : `session-${name}`;
  }

  find(request: Request): Session | undefined {
    return this.byId(cookieOf(request, this.#cookie) ?? "");
  }

  /** Creates a session with a new random id. @throws FullError for more than {@link MAX_LOGINS}, or {@link MAX_USERS}. */
  create(user?: Session["user"]): { readonly session: Session; readonly cookie: string } {
    const session: Session = { id: newSecret(), ...(user && { user }) };
    (user ? this.#users : this.#logins).set(session.id, session);
    const secure = this.#secure ? "; Secure" : "";
    const seconds = (user ? SESSION_LIFE_MS : LOGIN_LIFE_MS) / 1_000;
    const cookie = `${this.#cookie}=${session.id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`;
    return { session, cookie };
  }

  byId(id: string): Session | undefined {
    return this.#users.get(id) ?? this.#logins.get(id);
  }

  end({ id }: Session): void {
    this.#users.take(id);
    this.#logins.take(id);
  }
}
