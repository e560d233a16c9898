import { generateKeyPairSync } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import { answerOf, startNetwork, temporaryFolder } from "../harness.ts";

export interface Resolution {
  didDocument: Record<string, { id: string }[] & string[]> | null;
  didDocumentMetadata: { versionId: string; deactivated?: boolean };
}
export interface Shown {
  owner: string;
  versions: number[];
  entries: { kind: string; id: string; about: string; status: string; validTo: number; inDocument: boolean }[];
}

export const KEYS = {
  p256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  secp256k1: generateKeyPairSync("ec", { namedCurve: "secp256k1" }),
  ed25519: generateKeyPairSync("ed25519"),
  x25519: generateKeyPairSync("x25519"),
};
export const jwk = (name: keyof typeof KEYS): JWK => KEYS[name].publicKey.export({ format: "jwk" }) as JWK;
export const json = (name: keyof typeof KEYS): string => JSON.stringify(jwk(name));
export const thumbprint = (name: keyof typeof KEYS): Promise<string> => calculateJwkThumbprint(jwk(name));

/** Starts a network, and returns calls of the command line about its DIDs. */
export async function didNetwork(t: { after(end: () => Promise<void>): unknown }) {
  const folder = await temporaryFolder(t);
  const network = await startNetwork(folder);
  t.after(() => network.chain.stop());
  return {
    folder,
    network,
    resolve: (account: number) => answerOf<Resolution>(["resolve", network.did(account)], network.env),
    show: (account: number) => answerOf<Shown>(["did", "show", network.did(account)], network.env),
    create: (account: number, ...args: string[]) => answerOf(["did", "create", ...args], network.as(account)),
  };
}
