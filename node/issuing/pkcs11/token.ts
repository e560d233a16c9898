import {
  ALREADY,
  CK,
  type Cryptoki,
  codeOf,
  type Handle,
  messageOf,
  PIN_REFUSED,
  type Template,
  unlessAlready,
} from "./cryptoki.ts";
import { Pkcs11Error } from "./pkcs11-error.ts";

/** Number of objects that a module is asked for at once, and the most that a search reads. */
const [OBJECTS_AT_ONCE, MAX_OBJECTS] = [256, 16_384];

/** Milliseconds in which a module has to sign; some wait for a person who touches them. */
export const SIGN_WITHIN_MS = 30_000;

export interface TokenOptions {
  /** Path of the module's library. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  readonly pin: string;
}

/**
 * A token with one session. Signatures are made one after another; the session is reopened after a failure. While a signature
 * is overdue, others fail immediately, so that they do not pile up behind a module that hangs.
 */
export class Token {
  readonly #cryptoki: Cryptoki;
  readonly #options: TokenOptions;
  #session: Handle | undefined;
  /** The error of a rejected PIN. It is never tried again, because tokens lock themselves after some wrong PINs. */
  #refused: Pkcs11Error | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isOverdue = false;

  constructor(cryptoki: Cryptoki, options: TokenOptions) {
    this.#cryptoki = cryptoki;
    this.#options = options;
  }

  /** The objects that match a template, with their attributes of some types. */
  find(
    template: Template,
    types: readonly number[],
  ): { readonly handle: Handle; readonly values: readonly Buffer[] }[] {
    const session = this.#open();
    this.#cryptoki.C_FindObjectsInit(session, template);
    const handles: Handle[] = [];
    try {
      // A module may return fewer than it was asked for, until it returns none.
      for (let isOver = false; !isOver && handles.length < MAX_OBJECTS; ) {
        const some = this.#cryptoki.C_FindObjects(session, OBJECTS_AT_ONCE);
        handles.push(...some);
        isOver = some.length === 0;
      }
    } finally {
      this.#cryptoki.C_FindObjectsFinal(session);
    }
    return handles.map((handle) => {
      const found = this.#cryptoki.C_GetAttributeValue(
        session,
        handle,
        types.map((type) => ({ type })),
      );
      return { handle, values: found.map(({ value }) => value) };
    });
  }

  /**
   * Signs with the private key that matches a template. The key is searched each time, because a handle is valid in one
   * session only.
   * @throws Pkcs11Error `PKCS11_SIGN`, `PKCS11_PIN`
   */
  sign(key: Template, mechanism: number, data: Buffer): Promise<Buffer> {
    const signed = this.#last.then(() => this.#sign(key, mechanism, data));
    this.#last = signed.catch(() => undefined);
    return signed;
  }

  async #sign(key: Template, mechanism: number, data: Buffer): Promise<Buffer> {
    if (this.#isOverdue) {
      const advice = "if this does not end, restart the module, then this program";
      throw new Pkcs11Error("PKCS11_SIGN", `The PKCS#11 module has not finished an earlier signature: ${advice}`);
    }
    try {
      const [found] = this.find(key, []);
      if (found === undefined) throw new Pkcs11Error("PKCS11_SIGN", "The token no longer has the key");
      const session = this.#open();
      this.#cryptoki.C_SignInit(session, { mechanism, parameter: null }, found.handle);
      return await this.#inTime(session, this.#cryptoki.C_SignAsync(session, data, Buffer.alloc(64)));
    } catch (cause) {
      this.#close();
      if (cause instanceof Pkcs11Error) throw cause;
      throw new Pkcs11Error("PKCS11_SIGN", `The PKCS#11 module did not sign: ${messageOf(cause)}`, { cause });
    }
  }

  /** Waits for a signature. The session of an overdue one is closed once the module has returned from it. */
  async #inTime(session: Handle, signature: Promise<Buffer>): Promise<Buffer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#isOverdue = true;
        this.#session = undefined;
        const ended = () => {
          this.#isOverdue = false;
          this.#closeSession(session);
        };
        signature.then(ended, ended);
        reject(new Pkcs11Error("PKCS11_SIGN", `The PKCS#11 module did not sign within ${SIGN_WITHIN_MS / 1_000} s`));
      }, SIGN_WITHIN_MS);
    });
    try {
      return await Promise.race([signature, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #open(): Handle {
    if (this.#session !== undefined) return this.#session;
    if (this.#refused !== undefined) throw this.#refused;
    const { token, pin } = this.#options;
    const slot = this.#cryptoki
      .C_GetSlotList(true)
      .find((one) => this.#cryptoki.C_GetTokenInfo(one).label.trim() === token);
    if (slot === undefined) {
      throw new Pkcs11Error("PKCS11_MODULE", `The PKCS#11 module has no token of the label ${JSON.stringify(token)}`);
    }
    const session = this.#cryptoki.C_OpenSession(slot, CK.serialSession);
    try {
      unlessAlready(ALREADY.loggedIn, () => this.#cryptoki.C_Login(session, CK.userPin, pin));
    } catch (cause) {
      // A module has only so many sessions, and each signature tries to open one.
      this.#closeSession(session);
      if (!PIN_REFUSED.includes(codeOf(cause) ?? -1)) throw cause;
      this.#refused = new Pkcs11Error("PKCS11_PIN", `The token ${token} rejects the PIN: ${messageOf(cause)}`, {
        cause,
      });
      throw this.#refused;
    }
    this.#session = session;
    return session;
  }

  #close(): void {
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined) this.#closeSession(session);
  }

  #closeSession(session: Handle): void {
    try {
      this.#cryptoki.C_CloseSession(session);
    } catch (error) {
      // A session that the module no longer knows is already closed.
      if (codeOf(error) === undefined) throw error;
    }
  }
}
