import { Interface } from "ethers";
import {
  councilSeatAbi,
  didRegistryAbi,
  forwarderAbi,
  statusRegistryAbi,
  timelockAbi,
  trustRegistryAbi,
} from "../../resolver/abi.ts";

/** The functions, events and errors of a network's contracts. */
export const INTERFACES = {
  did: new Interface(didRegistryAbi),
  trust: new Interface(trustRegistryAbi),
  status: new Interface(statusRegistryAbi),
  forwarder: new Interface(forwarderAbi),
  timelock: new Interface(timelockAbi),
  seat: new Interface(councilSeatAbi),
} as const;
