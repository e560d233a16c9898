import { EventEmitter } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installNpmTool } from "../helpers/npm-tool.ts";

/** Installs credo-ts' core, unless it is installed. The installation compiles nothing. */
export const installCredo = () => installNpmTool("credo", { "@credo-ts/core": "0.6.3" });

export interface CredoKey {
  equals(other: CredoKey): boolean;
}

export interface CredoMethod {
  readonly id: string;
  readonly type: string;
}

/** A DID document in the form of credo-ts. */
export interface CredoDocument {
  readonly id: string;
  readonly verificationMethod?: readonly CredoMethod[];
  dereferenceKey(id: string, purposes?: readonly string[]): CredoMethod;
  findVerificationMethodByPublicKey(key: CredoKey, purposes?: readonly string[]): CredoMethod;
  toJSON(): unknown;
}

/** The interface of a method's resolver in credo-ts. */
export interface CredoResolver {
  readonly supportedMethods: readonly string[];
  readonly allowsCaching: boolean;
  readonly allowsLocalDidRecord: boolean;
  resolve(context: unknown, did: string): Promise<CredoResolution>;
}

export interface CredoResolution {
  readonly didDocument: CredoDocument | null;
  readonly didDocumentMetadata: object;
  readonly didResolutionMetadata: object;
}

interface CredentialService {
  verifyCredential(
    context: unknown,
    options: { readonly credential: string; readonly verifyCredentialStatus: false },
  ): Promise<{ readonly isValid: boolean; readonly error?: Error; readonly validations: object }>;
}

interface CredoAgent {
  readonly context: unknown;
  readonly dids: { resolve(did: string): Promise<CredoResolution> };
  readonly dependencyManager: { resolve(service: unknown): CredentialService };
}

/**
 * The part of `@credo-ts/core` that the tests use. The package is not in package.json, so its own types are not available to
 * the type check.
 */
export interface Credo {
  readonly JsonTransformer: { fromJSON(json: unknown, type: unknown): CredoDocument };
  readonly DidDocument: unknown;
  readonly getPublicJwkFromVerificationMethod: (method: CredoMethod) => CredoKey;
  readonly W3cJwtCredentialService: unknown;
  readonly InjectionSymbols: { readonly StorageService: unknown };
  readonly Kms: {
    readonly KeyManagementModule: new (options: object) => object;
    readonly PublicJwk: { fromUnknown(jwk: unknown): CredoKey };
  };
  readonly DidsModule: new (options: object) => object;
  readonly Agent: new (options: object) => CredoAgent;
}

export async function loadCredo(): Promise<Credo> {
  const modules = installCredo();
  const load = (...path: string[]): Promise<unknown> => import(pathToFileURL(join(modules, ...path)).href);
  await load("reflect-metadata", "Reflect.js");
  return (await load("@credo-ts", "core", "build", "index.mjs")) as Credo;
}

/**
 * Creates an agent that only verifies: it resolves by `resolver`, checks signatures by `verifier`, and stores nothing.
 * @param verifier a backend of credo-ts' key management.
 */
export function verifyingAgent(credo: Credo, { resolver, verifier }: { resolver: CredoResolver; verifier: object }) {
  const storage = {
    register(dependencies: { registerInstance(token: unknown, instance: object): void }) {
      dependencies.registerInstance(credo.InjectionSymbols.StorageService, {});
    },
  };
  return new credo.Agent({
    config: {},
    dependencies: { FileSystem: class {}, WebSocketClass: class {}, EventEmitterClass: EventEmitter, fetch },
    modules: {
      storage,
      kms: new credo.Kms.KeyManagementModule({ backends: [verifier] }),
      dids: new credo.DidsModule({ resolvers: [resolver], registrars: [] }),
    },
  });
}
