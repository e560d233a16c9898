import { Expiring } from "../shared/expiring.ts";
import { cookieOf } from "../shared/page.ts";
import { newSecret } from "../shared/secrets.ts";

/** Lifetime of a login, in milliseconds. The disclosed claims are deleted with it, within the purpose's retention. */
const SESSION_LIFE_MS = 8 * 3_600_000;

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
  readonly #sessions = new Expiring<Session>({ lifeMs: SESSION_LIFE_MS });

  /** @param name of the site: cookies of one host are sent to all of its ports. */
  constructor(name: string, url: string) {
    this.#secure = url.startsWith("https:");
    this.#cookie = this.#secure ? `__Host-${name}` : `session-${name}`;
  }

  find(request: Request): Session | undefined {
    return this.#sessions.get(cookieOf(request, this.#cookie) ?? "");
  }

  /** Creates a session with a new random id. */
  create(user?: Session["user"]): { readonly session: Session; readonly cookie: string } {
    const session: Session = { id: newSecret(), ...(user && { user }) };
    this.#sessions.set(session.id, session);
    const secure = this.#secure ? "; Secure" : "";
    const cookie = `${this.#cookie}=${session.id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${SESSION_LIFE_MS / 1_000}${secure}`;
    return { session, cookie };
  }

  byId(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  end({ id }: Session): void {
    this.#sessions.take(id);
  }
}
