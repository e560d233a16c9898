import assert from "node:assert/strict";
import { test } from "node:test";
import { ContractFactory, JsonRpcProvider } from "ethers";
import { ARTIFACTS } from "../../../cli/deploy/artifacts.ts";
import { checkCouncil } from "../../../cli/doctor/check-council.ts";
import {
  type Address,
  currentDeployment,
  httpRpc,
  type NetworkDescriptor,
  rpcReader,
} from "../../../resolver/index.ts";
import { safeFounder } from "../../helpers/safe.ts";
import { answerOf, startNetwork, temporaryFolder } from "../harness.ts";

test("a council that is a plain key or a Safe of one signature is a warning, one of two signatures none, another seat a fault", async (t) => {
  const { chain, env, as } = await startNetwork(await temporaryFolder(t));
  t.after(() => chain.stop());
  const provider = new JsonRpcProvider(chain.url, 31_337, { staticNetwork: true, cacheTimeout: -1 });
  provider.pollingInterval = 20;
  t.after(() => provider.destroy());
  const { descriptor } = await answerOf<{ descriptor: NetworkDescriptor }>(["network", "show"], env);
  const deployment = currentDeployment(descriptor);
  const said = async (network: NetworkDescriptor, url = chain.url) => {
    const rpc = httpRpc({ url });
    const { level, detail } = await checkCouncil({ reader: rpcReader(rpc), rpc, network });
    return `${level}: ${detail}`;
  };
  const named: NetworkDescriptor = { ...descriptor, name: "gov-0badc0de" };
  assert.match(await said(descriptor), /^ok: the key 0xf39fd6\w+ holds the seat 0x\w+ of a local network$/);
  assert.match(await said(named), /^warning: 0xf39fd6\w+, a plain key, holds the seat .*mapae council replace$/);
  assert.match(await said(named, "http://127.0.0.1:2"), /^fault: Could not ask the chain/);

  const [relayer, one, two] = await Promise.all([7, 1, 2].map((at) => provider.getSigner(at)));
  assert(relayer && one && two);
  const found = await safeFounder({ relayer });
  // A seat whose holder is no contract.
  const { abi, bytecode } = ARTIFACTS.CouncilSeat;
  const other = await new ContractFactory(abi, bytecode, relayer).deploy(
    deployment.timelock.address,
    deployment.recovery.address,
    await one.getAddress(),
  );
  await other.waitForDeployment();
  const open = await found([one, two], 2);
  const enable = open.contract.interface.encodeFunctionData("enableModule", [await relayer.getAddress()]);
  await (await open.call([one, two], open.address, enable)).wait();
  for (const [account, wanted] of [
    [
      open.address,
      /^warning: the Safe 0x\w+ of 2 of 2 holds .*modules act for it without a signature of its members: 0x\w+/,
    ],
    [(await found([one, two], 2)).address, /^ok: the Safe 0x\w+ of 2 of 2 holds the seat 0x\w+$/],
    [(await found([one, two], 1)).address, /^warning: the Safe 0x\w+ of 1 of 2 holds .*One stolen key is enough/],
    [String(other.target), /^ok: the contract 0x\w+ holds the seat/],
  ] as const) {
    const snapshot = await chain.rpc("evm_snapshot");
    assert.equal((await answerOf<{ state: string }>(["council", "replace", account], as(0))).state, "done");
    assert.match(await said(named), wanted);
    await chain.rpc("evm_revert", [snapshot]);
  }

  // It has the right code and no role.
  const seat = { ...deployment.seat, address: String(other.target).toLowerCase() as Address };
  const elsewhere = { ...named, deployments: [{ ...deployment, seat }] };
  assert.match(await said(elsewhere), /^fault: the descriptor's seat 0x\w+ is not the trust registry's council/);
});
