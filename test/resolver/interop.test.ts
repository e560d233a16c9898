import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DIDResolverPlugin } from "@veramo/did-resolver";
import { createJWT, ES256KSigner, ES256Signer, type Signer, verifyJWT } from "did-jwt";
import { createVerifiableCredentialJwt, verifyCredential } from "did-jwt-vc";
import { Resolver } from "did-resolver";
import { getResolver as getEthrResolver } from "ethr-did-resolver";
import { getResolver } from "../../resolver/get-resolver.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { type Deployment, deployRegistry } from "../helpers/contracts.ts";
import { name32, publicKey } from "../helpers/keys.ts";
import { describeNetwork, inProcessRpc } from "../helpers/network.ts";
import { startRpcServer } from "../helpers/rpc-server.ts";
import { ALICE, FOREVER, NETWORK, START, startTestNode } from "../node/http/harness.ts";

// Other people's libraries as they are: none of them knows did:mapae.

const YEAR = 365n * 86_400n;
const P256 = name32("did/pub/P256/veriKey");
const SECP256K1 = name32("did/pub/Secp256k1/veriKey");
const secret = (byte: number) => new Uint8Array(32).fill(byte);

// did-jwt-vc names the types of did-resolver 4, which did-resolver 5 is not assignable to.
type StockResolvable = Parameters<typeof verifyCredential>[1];

type Algorithm = "ES256" | "ES256K";
const SIGNERS: Record<Algorithm, (secret: Uint8Array) => Signer> = { ES256: ES256Signer, ES256K: ES256KSigner };

describe("stock libraries with our resolver", () => {
  let deployment: Deployment;
  let server: Awaited<ReturnType<typeof startRpcServer>>;
  let descriptor: NetworkDescriptor;
  let address: string;
  const closing: (() => Promise<void>)[] = [];
  const resolvers = new Map<string, { did: string; resolver: Resolver }>();

  before(async () => {
    deployment = await deployRegistry();
    const { registry, alice } = deployment;
    address = alice.address.toLowerCase();
    await registry.setAttribute(address, P256, publicKey("P256", 1), YEAR);
    await registry.setAttribute(address, SECP256K1, publicKey("Secp256k1", 2), YEAR);
    await registry.setAttribute(address, P256, publicKey("P256", 3), YEAR);
    await registry.revokeAttribute(address, P256, publicKey("P256", 3));
    descriptor = await describeNetwork(deployment);
    server = await startRpcServer(inProcessRpc(deployment));
    closing.push(() => server[Symbol.asyncDispose]());
    const onChain = getResolver({ networks: [{ descriptor, chain: server.url }] });
    resolvers.set("a chain", { did: `did:mapae:local:${address}`, resolver: new Resolver(onChain) });

    const node = await startTestNode({ after: (close) => closing.push(close) });
    const set = (name: typeof P256, value: ReturnType<typeof publicKey>, validTo = FOREVER) =>
      ({ identity: ALICE, type: "attribute", name, value, validTo }) as const;
    node.writer.block(START, set(P256, publicKey("P256", 1)), set(SECP256K1, publicKey("Secp256k1", 2)));
    node.writer.block(START + 1, set(P256, publicKey("P256", 3)), set(P256, publicKey("P256", 3), 0));
    const behind = getResolver({ networks: [{ descriptor: NETWORK, nodes: [node.url] }], now: () => START });
    resolvers.set("a node", { did: `did:mapae:local:${ALICE}`, resolver: new Resolver(behind) });
  });
  after(() => Promise.all(closing.map((close) => close())));

  function from(source: string) {
    return resolvers.get(source) ?? assert.fail(source);
  }

  for (const source of ["a chain", "a node"]) {
    for (const [alg, byte] of [
      ["ES256", 1],
      ["ES256K", 2],
    ] as const) {
      test(`did-jwt verifies a JWT signed with ${alg} by a key that ${source} has, and no other's`, async () => {
        const { did, resolver } = from(source);
        const sign = (bytes: Uint8Array) =>
          createJWT({ sub: "did:example:holder" }, { issuer: did, signer: SIGNERS[alg](bytes) }, { alg });
        const { verified, issuer, signer } = await verifyJWT(await sign(secret(byte)), { resolver });
        assert.equal(verified, true);
        assert.equal(issuer, did);
        assert.equal(signer.type, "JsonWebKey2020");
        await assert.rejects(verifyJWT(await sign(secret(99)), { resolver }), /invalid_signature/);
      });

      test(`did-jwt-vc verifies a credential signed with ${alg} by a key that ${source} has`, async () => {
        const { did, resolver } = from(source);
        const credential = {
          sub: "did:example:holder",
          vc: {
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            type: ["VerifiableCredential", "OfficialId"],
            credentialSubject: { office: "welfare" },
          },
        };
        const signer = SIGNERS[alg](secret(byte));
        const jwt = await createVerifiableCredentialJwt(credential, { did, signer, alg });
        const { verified, verifiableCredential } = await verifyCredential(jwt, resolver as object as StockResolvable);
        assert.equal(verified, true);
        assert.equal(verifiableCredential.issuer.id, did);
        assert.equal(verifiableCredential.credentialSubject.office, "welfare");
      });
    }

    test(`what a revoked key signed is refused by did-jwt, as ${source} says`, async () => {
      const { did, resolver } = from(source);
      const jwt = await createJWT({}, { issuer: did, signer: ES256Signer(secret(3)) }, { alg: "ES256" });
      await assert.rejects(verifyJWT(jwt, { resolver }), /invalid_signature/);
    });

    test(`a DID that ${source} does not have is refused by did-jwt by the error that we gave`, async () => {
      const { resolver } = from(source);
      const issuer = `did:mapae:local:0x${"99".repeat(20)}`;
      const jwt = await createJWT({}, { issuer, signer: ES256Signer(secret(1)) }, { alg: "ES256" });
      await assert.rejects(verifyJWT(jwt, { resolver }), /resolver_error.*notFound/);
    });
  }

  test("did:mapae and did:ethr of one registry resolve side by side in did-resolver, and did:mapae in Veramo", async () => {
    const ours = getResolver({ networks: [{ descriptor, chain: server.url }] });
    const { chainId } = descriptor;
    const theirs = getEthrResolver({
      networks: [{ name: "local", chainId, rpcUrl: server.url, registry: deployment.address }],
    });
    const [mapae, ethr] = ["mapae", "ethr"].map((method) => `did:${method}:local:${address}`) as [string, string];
    const stock = new Resolver({ ...ours, ...theirs });
    // Given as it is, it has the types that Veramo wants.
    const veramo = new DIDResolverPlugin(ours);
    const results = [
      [mapae, 2, await stock.resolve(mapae)],
      [ethr, 3, await stock.resolve(ethr)],
      [mapae, 2, await veramo.resolveDid({ didUrl: mapae })],
    ] as const;
    for (const [did, keys, { didDocument, didResolutionMetadata }] of results) {
      assert.equal(didDocument?.id, did, JSON.stringify(didResolutionMetadata));
      assert.equal(didDocument.assertionMethod?.length, keys);
    }
  });
});
