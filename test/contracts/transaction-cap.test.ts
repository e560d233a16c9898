import assert from "node:assert/strict";
import { test } from "node:test";
import { keccak256, parseEther, toBeHex, Wallet, ZeroHash } from "ethers";
import { globalOptions } from "hardhat";
import { label, mined, now } from "../helpers/contracts.ts";
import { signRequest } from "../helpers/forwarder.ts";
import { YEAR } from "../helpers/grants.ts";
import {
  ALL,
  change,
  deployRegistries,
  grantId,
  listId,
  REASON,
  SCHEMA_HASH,
  SCHEMA_URI,
  TYPE_ID,
  TYPE_URI,
} from "../helpers/registries.ts";

/** Most gas that a transaction may take since Osaka (EIP-7825). */
const CAP = 16_777_216;
const MAX_SIZE = 524_288n;
const TEXT = `u:${"a".repeat(198)}`;
const LABEL = "행".repeat(32);

/**
 * A chain of Osaka's rules with an issuer whose accreditation is as dear to find as can be: seven of its eight places hold
 * grants of four links that fail at the last of them, the eighth holds.
 */
async function deployWorst() {
  const chain = await deployRegistries({ hardfork: "osaka" });
  const { ethers, trust, did, issuer, council } = chain;
  await trust.addType(TYPE_URI, SCHEMA_URI, SCHEMA_HASH);
  const start = await now(chain);
  const person = async (seed: number) => {
    const wallet = new Wallet(keccak256(toBeHex(seed + 1, 32)), ethers.provider);
    await ethers.provider.send("hardhat_setBalance", [wallet.address, toBeHex(parseEther("10"))]);
    return wallet;
  };
  const terms = [start, start + YEAR, true, LABEL] as const;
  const roots: string[] = [];
  let [leaf, links] = ["", [] as Wallet[]];
  for (let place = 0; place < 8; place++) {
    links = await Promise.all([0, 1, 2].map((link) => person(3 * place + link)));
    let by: Wallet | undefined;
    for (const to of [...links, issuer]) {
      const number = await trust.grantCount(TYPE_ID, to.address);
      if (by === undefined) await trust.connect(council).grantRoot(TYPE_ID, to.address, ...terms);
      else
        await trust.connect(by).grant(leaf, to.address, start, start + YEAR - (to === issuer ? 1n : 0n), true, LABEL);
      leaf = grantId(TYPE_ID, to.address, number, by === undefined ? ZeroHash : leaf);
      if (by === undefined) roots.push(leaf);
      await trust.connect(to).accept(leaf);
      by = to === issuer ? undefined : (to as Wallet);
    }
  }
  const [top, , desk] = links;
  assert(top && desk);
  for (const root of roots.slice(0, 7)) await trust.connect(council).withdraw(root, 0n);
  return { ...chain, did, start, terms, leaf, top, desk };
}

// Instrumented code costs more.
if (!globalOptions.coverage) {
  test("every function with its worst arguments takes less gas than a transaction may, relayed too", async () => {
    const chain = await deployWorst();
    const {
      ethers,
      forwarder,
      relayer,
      did,
      trust,
      status,
      council,
      issuer,
      delegate,
      stranger,
      start,
      leaf,
      desk,
      top,
    } = chain;
    const found: Record<string, number> = {};
    const covered = new Set<string>();
    const measure = async (
      contract: typeof did | typeof trust | typeof status,
      name: string,
      by: typeof issuer,
      args: unknown[],
    ) => {
      const data = contract.interface.encodeFunctionData(name, args);
      const snapshot = await ethers.provider.send("evm_snapshot", []);
      const relayed = { forwarder, address: String(contract.target), domainName: "Mapae" };
      const { request } = await signRequest(relayed, { signer: by, data, gas: BigInt(CAP) });
      const sent = await mined(forwarder.connect(relayer).getFunction("execute")(request, { gasLimit: CAP }));
      found[`${name}, relayed`] = Math.max(found[`${name}, relayed`] ?? 0, Number(sent.receipt.gasUsed));
      await ethers.provider.send("evm_revert", [snapshot]);
      const { receipt } = await mined(by.sendTransaction({ to: contract.target, data, gasLimit: CAP }));
      found[name] = Math.max(found[name] ?? 0, Number(receipt.gasUsed));
      covered.add(contract.interface.getFunction(name)?.format("sighash") ?? "");
    };

    const value = `0x${"ff".repeat(4_096)}`;
    await measure(did, "setAttribute", issuer, [issuer.address, label("x"), value, YEAR]);
    await measure(did, "revokeAttribute", issuer, [issuer.address, label("x"), value]);
    await measure(did, "addDelegate", issuer, [issuer.address, label("status"), delegate.address, YEAR]);
    await measure(did, "revokeDelegate", issuer, [issuer.address, label("x"), delegate.address]);

    await measure(trust, "addType", council, [TEXT, TEXT, REASON]);
    await measure(trust, "grantRoot", council, [TYPE_ID, stranger.address, ...chain.terms]);
    await measure(trust, "extend", desk, [leaf, start + YEAR]);
    const parent: string = (await trust.grantOf(leaf)).parent;
    await measure(trust, "grant", desk, [parent, issuer.address, ...chain.terms]);
    const ninth = grantId(TYPE_ID, issuer.address, 8n, parent);
    await measure(trust, "accept", issuer, [ninth]);
    await measure(trust, "withdraw", top, [ninth, start + 1n]);

    const list = listId(issuer.address, 0n);
    await measure(status, "createList", issuer, [issuer.address, 0n, MAX_SIZE, TYPE_ID, TEXT]);
    const words = Array.from({ length: 512 }, (_, index) => MAX_SIZE / 256n - 512n + BigInt(index));
    const masks = words.map((word, index) => change(word, { revoke: ALL, suspend: index < 88 ? ALL : 0n }));
    await measure(status, "update", delegate, [list, masks, REASON]);
    const loosening = words.map((word, index) => change(word, index < 512 - 88 ? { revoke: ALL } : { reinstate: ALL }));
    await measure(status, "update", delegate, [list, loosening, REASON]);
    await measure(status, "checkpoint", delegate, [list, 0n, MAX_SIZE / 256n]);
    await measure(status, "close", issuer, [list]);
    await measure(did, "changeOwner", issuer, [issuer.address, stranger.address]);

    for (const [name, gas] of Object.entries(found)) assert(gas < CAP, `${name} takes ${gas}`);
    // Every new function has to be measured, too. Multicalls are left out because their sender chooses their size, roles
    // because only governance calls them.
    const roles = /Role|Default|multicall/;
    for (const { interface: abi } of [did, trust, status]) {
      for (const fragment of abi.fragments) {
        if (fragment.type !== "function") continue;
        const full = fragment.format("full");
        if (/ view | pure /.test(full) || roles.test(full)) continue;
        assert(covered.has(fragment.format("sighash")), `${full} is not measured`);
      }
    }
  });
}
