import assert from "node:assert/strict";
import { test } from "node:test";
import { CK, type Cryptoki, type Handle } from "../../../node/issuing/pkcs11/cryptoki.ts";
import { SIGN_WITHIN_MS, Token } from "../../../node/issuing/pkcs11/token.ts";

/** Return values of PKCS#11, as the package throws them. */
const failure = (code: number) => Object.assign(new Error(`CKR ${code}`), { code });
const [DEVICE_ERROR, SESSION_COUNT, PIN_INCORRECT] = [0x30, 0xb1, 0xa0];

/** A module with faults on demand, which no real one has on demand. It has as many sessions as small tokens. */
function moduleOf({ sessions = 3, objects = 1 } = {}) {
  const open = new Set<Handle>();
  let found = 0;
  const state = {
    login: undefined as number | undefined,
    sign: async (): Promise<Buffer> => Buffer.alloc(64, 1),
    open,
  };
  const cryptoki: Cryptoki = {
    load: () => undefined,
    C_Initialize: () => undefined,
    C_GetSlotList: () => [Buffer.of(0)],
    C_GetTokenInfo: () => ({ label: "lists   " }),
    C_OpenSession() {
      if (open.size === sessions) throw failure(SESSION_COUNT);
      const session = Buffer.from("session");
      open.add(session);
      return session;
    },
    C_CloseSession: (session) => void open.delete(session),
    C_Login() {
      if (state.login !== undefined) throw failure(state.login);
    },
    C_FindObjectsInit() {
      found = 0;
    },
    C_FindObjects(_, most) {
      const some = Array.from({ length: Math.min(most, 100, objects - found) }, () => Buffer.of(1));
      found += some.length;
      return some;
    },
    C_FindObjectsFinal: () => undefined,
    C_GetAttributeValue: () => [],
    C_SignInit: () => undefined,
    C_SignAsync: () => state.sign(),
  };
  const token = new Token(cryptoki, { module: "/lib/module.so", token: "lists", pin: "1234" });
  return { state, token, sign: () => token.sign([], CK.ecdsa, Buffer.alloc(32)) };
}

test("a login that fails leaves no session open, however often signing is tried, and a later one succeeds", async () => {
  const { state, sign } = moduleOf();
  state.login = DEVICE_ERROR;
  for (let count = 0; count < 10; count++) await assert.rejects(sign(), { code: "PKCS11_SIGN", message: /CKR 48/ });
  assert.equal(state.open.size, 0);
  state.login = undefined;
  assert.equal((await sign()).length, 64);
});

test("a search returns every object of a token that many share, although the module gives only some at once", () => {
  for (const objects of [0, 1, 100, 1_000]) assert.equal(moduleOf({ objects }).token.find([], []).length, objects);
  assert(moduleOf({ objects: 1_000_000 }).token.find([], []).length < 20_000, "a module without end");
});

test("a PIN that is rejected is not tried again, and leaves no session open", async () => {
  const { state, sign } = moduleOf();
  state.login = PIN_INCORRECT;
  await assert.rejects(sign(), { code: "PKCS11_PIN" });
  state.login = undefined;
  await assert.rejects(sign(), { code: "PKCS11_PIN" });
  assert.equal(state.open.size, 0);
});

test("a module that hangs fails its signature in time and later ones immediately, until it returns", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { state, sign } = moduleOf();
  let finish = (_: Buffer) => {};
  state.sign = () =>
    new Promise((resolve) => {
      finish = resolve;
    });
  const [first, second] = [sign(), sign()];
  const ended = Promise.all([
    assert.rejects(first, { code: "PKCS11_SIGN", message: /did not sign within 30 s/ }),
    assert.rejects(second, { code: "PKCS11_SIGN", message: /has not finished an earlier signature.*restart/ }),
  ]);
  // The timer begins once the module was asked.
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(SIGN_WITHIN_MS);
  await ended;
  await assert.rejects(sign(), { code: "PKCS11_SIGN", message: /restart/ });
  assert.equal(state.open.size, 1, "its session is in use");
  state.sign = async () => Buffer.alloc(64, 1);
  finish(Buffer.alloc(64));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(state.open.size, 0);
  assert.equal((await sign()).length, 64);
});
