import { Pkcs11Error } from "./pkcs11-error.ts";

/** The package that an operator with a hardware module installs, and the version that is tested. */
export const PACKAGE = "pkcs11js";
export const PACKAGE_VERSION = "2.1.7";

/** Constants of PKCS#11 (OASIS, v2.40 and v3.0). */
export const CK = {
  userPin: 1, // CKU_USER
  serialSession: 4, // CKF_SERIAL_SESSION
  class: 0x0000, // CKA_CLASS
  label: 0x0003, // CKA_LABEL
  keyType: 0x0100, // CKA_KEY_TYPE
  id: 0x0102, // CKA_ID
  sign: 0x0108, // CKA_SIGN
  ecParams: 0x0180, // CKA_EC_PARAMS
  ecPoint: 0x0181, // CKA_EC_POINT
  publicKey: 2, // CKO_PUBLIC_KEY
  privateKey: 3, // CKO_PRIVATE_KEY
  ecdsa: 0x1041, // CKM_ECDSA
  eddsa: 0x1057, // CKM_EDDSA
} as const;

/** Return values meaning that the wanted state exists already. */
export const ALREADY = { initialized: 0x191, loggedIn: 0x100 } as const;
/** CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE, CKR_PIN_EXPIRED, CKR_PIN_LOCKED */
export const PIN_REFUSED: readonly number[] = [0xa0, 0xa1, 0xa2, 0xa3, 0xa4];

export type Handle = Buffer;
export type Template = { readonly type: number; readonly value?: number | boolean | string | Buffer }[];

/** The part of the package that is used. */
export interface Cryptoki {
  load(path: string): void;
  C_Initialize(): void;
  C_GetSlotList(withToken: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): { readonly label: string };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, user: number, pin: string): void;
  C_FindObjectsInit(session: Handle, template: Template): void;
  C_FindObjects(session: Handle, most: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: Template): { readonly value: Buffer }[];
  C_SignInit(session: Handle, mechanism: { readonly mechanism: number; readonly parameter: null }, key: Handle): void;
  C_SignAsync(session: Handle, data: Buffer, signature: Buffer): Promise<Buffer>;
}

/**
 * Loads a module's library.
 * @throws Pkcs11Error `PKCS11_PACKAGE`, `PKCS11_MODULE`
 */
export async function openLibrary(path: string): Promise<Cryptoki> {
  const cryptoki = await openPackage();
  try {
    cryptoki.load(path);
    unlessAlready(ALREADY.initialized, () => cryptoki.C_Initialize());
  } catch (cause) {
    throw new Pkcs11Error("PKCS11_MODULE", `Can't load the PKCS#11 library ${path}: ${messageOf(cause)}`, { cause });
  }
  return cryptoki;
}

async function openPackage(): Promise<Cryptoki> {
  // The name is not a literal, so that the compiler does not need the package, which is installed only where there is a
  // module.
  const name: string = PACKAGE;
  try {
    const { default: found } = (await import(name)) as { default: { PKCS11: new () => Cryptoki } };
    return new found.PKCS11();
  } catch (cause) {
    const how = `npm install --no-save ${PACKAGE}@${PACKAGE_VERSION}`;
    throw new Pkcs11Error(
      "PKCS11_PACKAGE",
      `A PKCS#11 module needs the npm package ${PACKAGE}, which is not there: ${how}`,
      {
        cause,
      },
    );
  }
}

/** Calls a function, and ignores the error that its effect exists already. */
export function unlessAlready(code: number, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (codeOf(error) !== code) throw error;
  }
}

/** The return value of PKCS#11 in an error of the package; `undefined` when it has none. */
export function codeOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "number" ? code : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : String(error);
}
