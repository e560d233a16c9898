import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Interface, type InterfaceAbi } from "ethers";
import type { Hex } from "../../resolver/index.ts";
import type { CreatedContract } from "../deploy/artifacts.ts";

/** The compiled contracts that the authors of Safe publish. They are deployed unchanged. */
const FOLDER = "@safe-global/safe-smart-account/build/artifacts/contracts";

const require = createRequire(import.meta.url);

/** A contract of Safe, as its authors compiled it. */
export interface SafeArtifact extends CreatedContract {
  readonly abi: InterfaceAbi & CreatedContract["abi"];
}

/**
 * The contracts that Safes need on a new chain: the code of every Safe, with events for auditors (SafeL2); the factory of
 * Safes; the handler of calls that a Safe itself does not have.
 */
export function safeContracts() {
  return {
    singleton: artifact("SafeL2.sol/SafeL2"),
    factory: artifact("proxies/SafeProxyFactory.sol/SafeProxyFactory"),
    handler: artifact("handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler"),
    proxy: artifact("proxies/SafeProxy.sol/SafeProxy"),
  };
}

/** The entry before the first one in a Safe's linked lists of owners and modules. */
export const SENTINEL = `0x${"0".repeat(39)}1`;

/** The functions of a Safe that are called or decoded here. */
export const SAFE = new Interface([
  "function setup(address[] owners, uint256 threshold, address to, bytes data, address fallbackHandler, address paymentToken, uint256 payment, address paymentReceiver)",
  "function getOwners() view returns (address[])",
  "function getThreshold() view returns (uint256)",
  "function getModulesPaginated(address start, uint256 pageSize) view returns (address[] array, address next)",
  "function nonce() view returns (uint256)",
  "function getTransactionHash(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, uint256 nonce) view returns (bytes32)",
  "function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) payable returns (bool success)",
]);

/** The functions by which a Safe changes its own members. */
export const SAFE_MEMBERS = new Interface([
  "function addOwnerWithThreshold(address owner, uint256 threshold)",
  "function removeOwner(address prevOwner, address owner, uint256 threshold)",
  "function swapOwner(address prevOwner, address oldOwner, address newOwner)",
  "function changeThreshold(uint256 threshold)",
]);

function artifact(path: string): SafeArtifact {
  const { contractName, abi, bytecode, deployedBytecode } = JSON.parse(
    readFileSync(require.resolve(`${FOLDER}/${path}.json`), "utf8"),
  ) as { contractName: string; abi: SafeArtifact["abi"]; bytecode: Hex; deployedBytecode: Hex };
  return { contractName, abi, bytecode, deployedBytecode, immutables: [] };
}
