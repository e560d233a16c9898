import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CK, openLibrary } from "../../node/issuing/pkcs11/cryptoki.ts";
import { REPOSITORY } from "../cli/harness.ts";

export const LIBRARY = "/usr/lib/softhsm/libsofthsm2.so";
/** The tool that creates keys on a token. */
export const KEY_TOOL = "/usr/bin/pkcs11-tool";
export const TOOLS = join(REPOSITORY, ".tools", "pkcs11");
export const INSTALLED = join(TOOLS, "node_modules", "pkcs11js");
const LINK = join(REPOSITORY, "node_modules", "pkcs11js");

export const PIN = "correct-horse";
export const TOKEN = "lists";

/** Links the package to where an operator installs it, until the test ends. */
export function linkPackage(): () => void {
  unlinkPackage();
  symlinkSync(INSTALLED, LINK, "dir");
  return unlinkPackage;
}

function unlinkPackage(): void {
  rmSync(LINK, { force: true, recursive: false });
}

/** A new token in a folder. SoftHSM reads its configuration once in a process. */
export function newToken(folder: string): void {
  const tokens = join(folder, "tokens");
  mkdirSync(tokens);
  writeFileSync(
    join(folder, "softhsm2.conf"),
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env.SOFTHSM2_CONF = join(folder, "softhsm2.conf");
  const args = ["--init-token", "--free", "--label", TOKEN, "--so-pin", "so-pin-1234", "--pin", PIN];
  execFileSync("softhsm2-util", args, { env: process.env });
}

/** The part of the package that creates keys, which a node does not use. */
interface Generates {
  C_GenerateKeyPair(
    session: Buffer,
    mechanism: { mechanism: number; parameter: null },
    publicTemplate: object[],
    privateTemplate: object[],
  ): void;
}

const CURVES = {
  "P-256": { mechanism: 0x1040, params: "06082a8648ce3d030107" },
  "P-384": { mechanism: 0x1040, params: "06052b81040022" },
  secp256k1: { mechanism: 0x1040, params: "06052b8104000a" },
  Ed25519: { mechanism: 0x1055, params: "130c656477617264733235353139" },
} as const;

/** Creates a key pair on the token, as an operator's tool does. The private key never leaves the token. */
export async function generate(curve: keyof typeof CURVES, label: string, id: number): Promise<void> {
  const cryptoki = await openLibrary(LIBRARY);
  const [slot] = cryptoki.C_GetSlotList(true).filter((one) => cryptoki.C_GetTokenInfo(one).label.trim() === TOKEN);
  const session = cryptoki.C_OpenSession(slot as Buffer, CK.serialSession | 2);
  try {
    cryptoki.C_Login(session, CK.userPin, PIN);
  } catch (error) {
    if ((error as { code?: number }).code !== 0x100) throw error;
  }
  const { mechanism, params } = CURVES[curve];
  const common = [
    { type: 0x0001, value: true }, // CKA_TOKEN
    { type: CK.label, value: label },
    { type: CK.id, value: Buffer.of(id) },
  ];
  (cryptoki as unknown as Generates).C_GenerateKeyPair(
    session,
    { mechanism, parameter: null },
    [...common, { type: 0x010a, value: true }, { type: CK.ecParams, value: Buffer.from(params, "hex") }],
    [...common, { type: 0x0002, value: true }, { type: 0x0103, value: true }, { type: CK.sign, value: true }],
  );
  cryptoki.C_CloseSession(session);
}
