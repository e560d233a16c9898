import { type Agent, get } from "node:http";

/** Reads an answer completely, over a kept-alive connection. */
export function read(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().once("end", resolve);
    }).once("error", reject);
  });
}
