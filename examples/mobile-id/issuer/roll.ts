import type { DatabaseSync } from "node:sqlite";

/** Credential configurations, which are the types of cards. */
export const CONFIGURATIONS = ["official-id", "welfare-card", "drivers-licence"] as const;
export type Configuration = (typeof CONFIGURATIONS)[number];

export function isConfiguration(text: string | undefined): text is Configuration {
  return CONFIGURATIONS.some((one) => one === text);
}

/** A person in the roll; `null` means that the person does not have it. */
export interface Person {
  readonly id: number;
  readonly name: string;
  /** `YYYY-MM-DD`; it is in no card. */
  readonly birthDate: string;
  readonly staffNumber: string | null;
  readonly organization: string | null;
  readonly department: string | null;
  readonly position: string | null;
  readonly benefit: string | null;
  readonly licenceNumber: string | null;
  readonly licenceClasses: readonly string[];
  readonly licenceExpires: string | null;
  readonly state: "active" | "suspended" | "left";
}

const FIRST_PEOPLE = [
  [
    "홍길동",
    "1988-03-14",
    "20190347",
    "행정안전부",
    "디지털정부국",
    "행정사무관",
    null,
    "11-09-123456-70",
    '["1종 보통"]',
    "2034-12-31",
  ],
  ["김영희", "1954-09-02", null, null, null, null, "기초연금", null, null, null],
  ["이민수", "2009-06-21", null, null, null, null, "청소년", null, null, null],
  [
    "박지은",
    "1995-11-30",
    "20220118",
    "행정안전부",
    "지역정책과",
    "행정주사",
    null,
    "28-15-654321-22",
    '["2종 보통","원동기"]',
    "2031-06-30",
  ],
] as const;

/** The people to whom an issuer gives cards. */
export class Roll {
  readonly #database: DatabaseSync;

  /** Fills an empty roll with four fictitious people. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    if (database.prepare("select 1 from person limit 1").get() !== undefined) return;
    const insert = database.prepare(
      `insert into person (name, birth_date, staff_number, organization, department, position, benefit, licence_number,
       licence_classes, licence_expires) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const person of FIRST_PEOPLE) insert.run(...person);
  }

  all(): Person[] {
    return this.#database.prepare("select * from person order by id").all().map(personOf);
  }

  person(id: number): Person | undefined {
    const row = this.#database.prepare("select * from person where id = ?").get(id);
    return row && personOf(row);
  }

  /**
   * Changes the state of a person, unless it is another one than those of `from` by now. Nobody comes back who left.
   *
   * @returns whether it was changed.
   */
  change(
    id: number,
    { from, to }: { readonly from: readonly Person["state"][]; readonly to: Person["state"] },
  ): boolean {
    const update = this.#database.prepare("update person set state = ? where id = ? and state = ?");
    return from.some((state) => update.run(to, id, state).changes > 0);
  }
}

/** The cards that a person may have. */
export function cardsFor({ staffNumber, benefit, licenceNumber, state }: Person): Configuration[] {
  if (state !== "active") return [];
  const has = { "official-id": staffNumber, "welfare-card": benefit, "drivers-licence": licenceNumber };
  return CONFIGURATIONS.filter((one) => has[one] !== null);
}

function personOf(row: Record<string, unknown>): Person {
  const text = (name: string) => row[name] as string | null;
  return {
    id: row.id as number,
    name: row.name as string,
    birthDate: row.birth_date as string,
    staffNumber: text("staff_number"),
    organization: text("organization"),
    department: text("department"),
    position: text("position"),
    benefit: text("benefit"),
    licenceNumber: text("licence_number"),
    licenceClasses: JSON.parse(text("licence_classes") ?? "[]") as string[],
    licenceExpires: text("licence_expires"),
    state: row.state as Person["state"],
  };
}
