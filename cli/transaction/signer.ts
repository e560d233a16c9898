import { setTimeout as delay } from "node:timers/promises";
import { type TransactionReceipt, Wallet } from "ethers";
import { RpcProvider } from "../../node/chain/servers/rpc-provider.ts";
import { newestAgain } from "../../resolver/chain/rpc/newest-again.ts";
import { httpRpc } from "../../resolver/index.ts";
import { readSecret } from "../files/files.ts";
import { passwordOf } from "../files/password.ts";
import { CliError } from "../terminal/errors.ts";
import { HARDWARE_MODULE, hardwareModule } from "../terminal/hardware-module.ts";
import { named } from "../terminal/named.ts";
import { type GlobalOptions, MAX_RETRY_WAIT_MS } from "../terminal/settings.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { ModuleAccount } from "./module-account.ts";
import { rpcMessage } from "./rpc-error.ts";

/** Longest keystore file, in bytes; ethers writes some 500. */
const MAX_KEYSTORE_BYTES = 65_536;

/** Milliseconds between two looks for a pending transaction. */
const POLL_MS = 250;

/** Milliseconds for a whole request of a write, its body included. */
const TIMEOUT_MS = 20_000;

/**
 * A provider of ethers for writing, over the same RPC as for reading: it waits when a server answers with `Retry-After`, and
 * repeats a request for the newest block that is answered with null.
 */
export function writeProvider(url: string, chainId: number): RpcProvider {
  const rpc = httpRpc({ url, timeout: TIMEOUT_MS, maxRetryWait: MAX_RETRY_WAIT_MS });
  return new PatientProvider(newestAgain(rpc), chainId, POLL_MS);
}

/**
 * Waits while a server is not consistent yet. For a transaction that it does not find, geth answers with an error (-32000) and
 * not with null until its index of transactions is ready, which on a new chain takes until the first block. It also returns a
 * receipt some milliseconds before the receipt's block is its newest one, so that state that is read in between is too old.
 */
class PatientProvider extends RpcProvider {
  override async send(...call: Parameters<RpcProvider["send"]>): Promise<unknown> {
    for (;;) {
      try {
        return await super.send(...call);
      } catch (error) {
        if (rpcMessage(error) !== "transaction indexing is in progress") throw error;
      }
      await delay(POLL_MS);
    }
  }

  override async getBlockNumber(): Promise<number> {
    try {
      return await super.getBlockNumber();
    } catch (error) {
      // For each receipt, ethers requests the number of confirming blocks, possibly after the provider was closed, and does not
      // handle an error of that request, which would end the process. With block 0 there are no confirmations.
      if (this.destroyed) return 0;
      throw error;
    }
  }

  override async getTransactionReceipt(hash: string): Promise<TransactionReceipt | null> {
    try {
      for (;;) {
        const receipt = await super.getTransactionReceipt(hash);
        if (receipt === null || (await this.getBlockNumber()) >= receipt.blockNumber) return receipt;
        await delay(POLL_MS);
      }
    } catch (error) {
      // ethers may still poll after the provider was closed, and does not handle an error of that poll, which would end the
      // process.
      if (this.destroyed) return null;
      throw error;
    }
  }
}

/** An account that signs: with a key in memory, or in a hardware module. */
export type Account = Wallet | ModuleAccount;

/**
 * The account that signs: from an encrypted keystore (`--keystore`, MAPAE_KEYSTORE), a hardware module (MAPAE_ACCOUNT_PKCS11),
 * or MAPAE_PRIVATE_KEY. There is no flag for a key, because the process list and the shell's history would show it.
 *
 * @throws CliError `NO_SIGNER` when there is no account, more than one, or it can't be opened; Pkcs11Error.
 */
export async function readSigner(terminal: Terminal, options: GlobalOptions): Promise<Account> {
  const { keystore } = options;
  const signer = await (keystore === undefined
    ? fromVariables(terminal)
    : named("--keystore", () => openKeystore(terminal, keystore)));
  terminal.onSigner?.();
  return signer;
}

async function fromVariables(terminal: Terminal): Promise<Account> {
  const { env } = terminal;
  const named = ["MAPAE_KEYSTORE", "MAPAE_ACCOUNT_PKCS11", "MAPAE_PRIVATE_KEY"].filter((name) => env[name]);
  if (named.length > 1) throw new CliError("NO_SIGNER", `${named.join(" and ")} are set: which one should sign?`);
  if (env.MAPAE_KEYSTORE) return openKeystore(terminal, env.MAPAE_KEYSTORE);
  if (env.MAPAE_ACCOUNT_PKCS11) return moduleAccount(env, env.MAPAE_ACCOUNT_PKCS11);
  if (env.MAPAE_PRIVATE_KEY) return fromPrivateKey(env.MAPAE_PRIVATE_KEY);
  throw new CliError(
    "NO_SIGNER",
    "No key to sign with: name an encrypted keystore with --keystore <file> or MAPAE_KEYSTORE (mapae key new makes one), " +
      "a hardware module's key with MAPAE_ACCOUNT_PKCS11, or set MAPAE_PRIVATE_KEY",
  );
}

/** The account whose key in the hardware module has a label. */
async function moduleAccount(env: Terminal["env"], label: string): Promise<ModuleAccount> {
  const module = hardwareModule(env);
  if (module === undefined) throw new CliError("NO_SIGNER", `MAPAE_ACCOUNT_PKCS11 needs ${HARDWARE_MODULE} as well`);
  // Loaded only for a module.
  const { tokenOf } = await import("../../node/issuing/open-signers.ts");
  const { openAccountKey } = await import("../../node/issuing/pkcs11/open-account.ts");
  return new ModuleAccount(await openAccountKey(await tokenOf(module), label));
}

async function openKeystore(terminal: Terminal, path: string): Promise<Wallet> {
  const json = await readSecret({ path, what: "keystore", maxBytes: MAX_KEYSTORE_BYTES });
  const password = await passwordOf(terminal, "keystore", path);
  try {
    const wallet = await Wallet.fromEncryptedJson(json, password);
    return new Wallet(wallet.privateKey);
  } catch (cause) {
    const wrongPassword = cause instanceof Error && /incorrect password/i.test(cause.message);
    const problem = wrongPassword ? "the password is wrong" : "it is no encrypted JSON keystore of Ethereum";
    throw new CliError("NO_SIGNER", `Can't open the keystore at ${path}: ${problem}`, { cause });
  }
}

function fromPrivateKey(text: string): Wallet {
  try {
    return new Wallet(text);
  } catch {
    // The message of ethers quotes the argument; this one must not show the key.
    throw new CliError(
      "NO_SIGNER",
      "MAPAE_PRIVATE_KEY is no private key: wanted 0x and 64 hex digits, got something else",
    );
  }
}
