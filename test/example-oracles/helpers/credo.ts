import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Express } from "express";
import { installNpmTool } from "../../helpers/npm-tool.ts";
import { MemoryStorage } from "./memory-storage.ts";

const CORE = "0.6.3";

/** Installs credo-ts with OpenID4VC, unless it is there. Its backend for Node is of an earlier alpha, over the core of now. */
export const installCredo = () =>
  installNpmTool(
    "credo-openid4vc",
    {
      "@credo-ts/core": CORE,
      "@credo-ts/openid4vc": CORE,
      "@credo-ts/node": "0.6.0-alpha-20251127043254",
    },
    { "@credo-ts/core": CORE },
  );

/** A public key of an agent. */
export interface CredoKey {
  readonly keyId: string;
}

/** A card in an agent's storage: all copies of a batch. */
export interface CredoCards {
  readonly record: {
    readonly credentialInstances: readonly { readonly compactSdJwtVc: string }[];
    readonly firstCredential: { readonly compact: string; readonly prettyClaims: Readonly<Record<string, unknown>> };
  };
}

interface Resolved {
  readonly authorizationRequestPayload: Readonly<Record<string, unknown>>;
  readonly dcql: { readonly queryResult: { readonly can_be_satisfied: boolean } };
}

/**
 * What the tests use of an agent of credo-ts. It is in no list of ours, so that its own types can't be had when ours are
 * checked.
 */
export interface CredoAgent {
  initialize(): Promise<void>;
  shutdown(): Promise<void>;
  readonly kms: {
    createKeyForSignatureAlgorithm(options: { algorithm: string }): Promise<{ publicJwk: object; keyId: string }>;
    importKey(options: { privateJwk: object }): Promise<{ readonly keyId: string }>;
  };
  readonly sdJwtVc: { store(options: CredoCards): Promise<unknown> };
  readonly dids: {
    import(options: {
      did: string;
      keys: readonly { didDocumentRelativeKeyId: string; kmsKeyId: string }[];
    }): Promise<void>;
  };
  readonly openid4vc: {
    readonly holder: {
      resolveCredentialOffer(offer: string): Promise<object>;
      requestToken(options: { resolvedCredentialOffer: object; txCode: string }): Promise<{ accessToken: string }>;
      requestCredentials(options: object): Promise<{ readonly credentials: readonly CredoCards[] }>;
      resolveOpenId4VpAuthorizationRequest(request: string): Promise<Resolved>;
      selectCredentialsForDcqlRequest(result: Resolved["dcql"]["queryResult"]): object;
      acceptOpenId4VpAuthorizationRequest(options: object): Promise<Accepted>;
    };
    readonly verifier: {
      createVerifier(): Promise<{ readonly verifierId: string }>;
      createAuthorizationRequest(options: object): Promise<{
        readonly authorizationRequest: string;
        readonly verificationSession: { readonly id: string };
      }>;
      getVerificationSessionById(id: string): Promise<{ readonly state: string; readonly errorMessage?: string }>;
      getVerifiedAuthorizationResponse(id: string): Promise<{
        readonly dcql?: {
          readonly presentations: Readonly<
            Record<string, readonly { readonly prettyClaims: Record<string, unknown> }[]>
          >;
        };
      }>;
    };
  };
}

interface Accepted {
  readonly ok: boolean;
  readonly redirectUri?: string;
  readonly serverResponse?: { readonly status: number; readonly body: unknown };
}

/** Resolves DIDs for an agent: the document as JSON, `null` where there is none. */
export type ResolveJson = (did: string) => Promise<{ readonly didDocument: unknown; readonly error?: string }>;

/** The packages, as far as the tests use them. */
async function load() {
  const modules = installCredo();
  const from = (...path: string[]) => import(pathToFileURL(join(modules, ...path)).href);
  await from("reflect-metadata", "Reflect.js");
  const [core, node, openid4vc] = await Promise.all(
    ["core", "node", "openid4vc"].map((name) => from("@credo-ts", name, "build", "index.mjs")),
  );
  return { core, node, openid4vc };
}

/** Starts agents that keep all in memory, with keys in this process. */
export async function credoAgents(resolveJson: ResolveJson) {
  const { core, node, openid4vc } = await load();
  const resolver = {
    supportedMethods: ["mapae"],
    allowsCaching: false,
    allowsLocalDidRecord: false,
    async resolve(_context: unknown, did: string) {
      const { didDocument, error } = await resolveJson(did);
      return {
        didDocument: didDocument === null ? null : core.JsonTransformer.fromJSON(didDocument, core.DidDocument),
        didDocumentMetadata: {},
        didResolutionMetadata: error === undefined ? {} : { error },
      };
    },
  };
  const storage = {
    register(dependencies: { registerInstance(token: unknown, instance: object): void }) {
      const memory = new MemoryStorage(core.RecordNotFoundError);
      dependencies.registerInstance(core.InjectionSymbols.StorageService, memory);
    },
  };
  /** @param verifier URL of the agent as a verifier, if it is one. */
  const start = async (verifier?: { readonly app: Express; readonly baseUrl: string }): Promise<CredoAgent> => {
    const keys = new node.NodeKeyManagementService(new node.NodeInMemoryKeyManagementStorage());
    const agent = new core.Agent({
      config: { allowInsecureHttpUrls: true, autoUpdateStorageOnStartup: true },
      dependencies: node.agentDependencies,
      modules: {
        storage,
        kms: new core.Kms.KeyManagementModule({ backends: [keys] }),
        dids: new core.DidsModule({ resolvers: [resolver], registrars: [] }),
        openid4vc: new openid4vc.OpenId4VcModule(
          verifier && { app: verifier.app, verifier: { baseUrl: verifier.baseUrl } },
        ),
      },
    });
    await agent.initialize();
    return agent as CredoAgent;
  };
  const publicKey = (jwk: object): CredoKey => core.Kms.PublicJwk.fromPublicJwk(jwk);
  return { start, publicKey };
}
