/** The members of a consortium that is founded, by their ids. */
export const MEMBERS = ["interior", "safety", "tax", "welfare"];

/** The same as the consortium's file has them; one of them has an IPv6 address. */
export const MINISTRIES = MEMBERS.map((id, at) => ({
  id,
  name: `The ministry of ${id}`,
  host: at === 3 ? "fd00::3" : `10.1.0.${10 + at}`,
  url: `https://node.${id}.example`,
}));

/** Each member makes its public file, and then its kit with those of all others. */
export async function foundTogether<T>(
  make: (member: string, ...others: string[]) => Promise<T>,
): Promise<Map<string, T>> {
  for (const member of MEMBERS) await make(member);
  const kits = new Map<string, T>();
  for (const member of MEMBERS) kits.set(member, await make(member, ...MEMBERS.filter((one) => one !== member)));
  return kits;
}
