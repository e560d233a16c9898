import type { HardwareModule } from "../../node/issuing/open-signers.ts";

/** The variables that name a hardware module, in words. */
export const HARDWARE_MODULE = "MAPAE_SIGNER_PKCS11_MODULE, MAPAE_SIGNER_PKCS11_TOKEN and MAPAE_SIGNER_PKCS11_PIN_FILE";

/** The hardware module that the node's variables name; `undefined` unless all of them are set. */
export function hardwareModule(env: Readonly<Record<string, string | undefined>>): HardwareModule | undefined {
  const [module, token, pinFile] = ["MODULE", "TOKEN", "PIN_FILE"].map((name) => env[`MAPAE_SIGNER_PKCS11_${name}`]);
  return module && token && pinFile ? { module, token, pinFile } : undefined;
}
