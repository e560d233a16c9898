import { existsSync } from "node:fs";
import { newKey, sealKey, signerOf } from "../../../node/issuing/key-file.ts";
import { openSigners } from "../../../node/issuing/open-signers.ts";
import { OPERATOR } from "../../../node/issuing/operator.ts";
import type { Signer } from "../../../node/issuing/signer.ts";
import { parseDid, type SignatureAlgorithm } from "../../../resolver/index.ts";
import { alreadyExists, writeNewKey } from "../../files/files.ts";
import { openKeyFile } from "../../files/key-file.ts";
import { newPassword } from "../../files/password.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { HARDWARE_MODULE, hardwareModule } from "../../terminal/hardware-module.ts";
import { named } from "../../terminal/named.ts";
import type { Terminal } from "../../terminal/terminal.ts";

const ALGORITHMS: readonly SignatureAlgorithm[] = ["ES256", "EdDSA", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"];

/** `mapae signer new` */
export const addSignerNew: AddCommand = (parent, terminal) => {
  parent
    .command("new <file>")
    .description(
      "make a key that signs an issuer's status lists, an auditor's tokens, or blocks: it goes into an encrypted file",
    )
    .option("--issuer <did>", "the only DID that the key signs for")
    .option("--operator <name>", "the operator, by its name in the network descriptor, for which it attests blocks")
    .option("--algorithm <name>", ALGORITHMS.join(", "), "ES256")
    .addHelpText(
      "after",
      `
The password is asked for, or taken from the file that MAPAE_SIGNER_PASSWORD_FILE names. An existing file is never
overwritten. The key signs once the issuer's document lists it, and a node is given the file:
  $ mapae did add-key <did> --purpose assertion --jwk '<public JWK>'
  $ MAPAE_SIGNER_FILES=lists.jwe MAPAE_SIGNER_PASSWORD_FILE=lists.password mapae node

An operator of a network whose blocks are attested writes its public half into the consensus file, by its name, and gives the file
to its node in the same way.

An auditor publishes it with --purpose authentication, and makes tokens with mapae audit token.

Example:
  $ mapae signer new lists.jwe --issuer did:mapae:local:0x…`,
    )
    .action(async (file: string, { algorithm, ...given }: Options, command) => {
      const { out } = callOf(terminal, command);
      const signedFor = signedForOf(given);
      const known = named("--algorithm", () => algorithmOf(algorithm));
      if (existsSync(file)) throw alreadyExists(file);
      const password = await newPassword(terminal, "key file", file);
      const key = newKey(signedFor, known);
      await writeNewKey(file, `${await sealKey(key, password)}\n`);
      out.answer(...described(signerOf(key), file));
    });
};

interface Options {
  readonly issuer?: string;
  readonly operator?: string;
  readonly algorithm: string;
}

/** The issuer or operator that a key signs for; see `Signer.issuer`. */
function signedForOf({ issuer, operator }: Omit<Options, "algorithm">): string {
  if (issuer !== undefined && operator === undefined) return named("--issuer", () => parseDid(issuer)).did;
  if (issuer === undefined && operator !== undefined) return named("--operator", () => OPERATOR + nameOf(operator));
  throw new CliError("USAGE", "A key signs for one party: name --issuer or --operator");
}

function nameOf(operator: string): string {
  if (/^[^\p{Cc}]{1,200}$/u.test(operator)) return operator;
  const got = JSON.stringify(operator.slice(0, 40));
  throw new CliError("INVALID_INPUT", `The name of an operator has 1 to 200 characters, none of control; got ${got}`);
}

function algorithmOf(text: string): SignatureAlgorithm {
  const known = ALGORITHMS.find((one) => one === text);
  if (known !== undefined) return known;
  throw new CliError("USAGE", `An algorithm is one of ${ALGORITHMS.join(", ")}; got ${JSON.stringify(text)}`);
}

/** `mapae signer show` */
export const addSignerShow: AddCommand = (parent, terminal) => {
  parent
    .command("show [file]")
    .description(
      "show the public half of a key file, and the DID or operator of the key; without a file, those of a hardware module's keys",
    )
    .action(async (file: string | undefined, _options: object, command) => {
      const { out } = callOf(terminal, command);
      if (file === undefined) {
        const found = (await moduleSigners(terminal)).map((signer) => described(signer, undefined));
        return out.answer(
          found.map(([value]) => value),
          found.map(([, text]) => text).join("\n"),
        );
      }
      out.answer(...described(await openKeyFile(terminal, file), file));
    });
};

/** The signers of the module that the node's variables name. */
async function moduleSigners({ env }: Terminal): Promise<Signer[]> {
  const pkcs11 = hardwareModule(env);
  if (pkcs11 !== undefined) return openSigners({ files: [], passwordFile: null, pkcs11 });
  throw new CliError("USAGE", `Name a key file, or set ${HARDWARE_MODULE} for the keys of a hardware module`);
}

function described({ issuer, keyId, algorithm, jwk }: Signer, file: string | undefined): [object, string] {
  if (issuer.startsWith(OPERATOR)) return describedOperator({ name: issuer.slice(OPERATOR.length), key: jwk }, file);
  const kept = file === undefined ? [] : [`  key file    ${file}`];
  const lines = [keyId, `  algorithm   ${algorithm}`, ...kept, `  public JWK  ${JSON.stringify(jwk)}`];
  return [{ issuer, keyId, algorithm, jwk, ...(file !== undefined && { file }) }, lines.join("\n")];
}

/** Describes an operator in the format of a network's consensus file. */
function describedOperator(operator: object, file: string | undefined): [object, string] {
  const kept = file === undefined ? [] : [`  key file        ${file}`];
  const lines = ["operator of a network", ...kept, `  consensus file  ${JSON.stringify(operator)}`];
  return [{ operator, ...(file !== undefined && { file }) }, lines.join("\n")];
}
