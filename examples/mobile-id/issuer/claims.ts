import type { Configuration, Person } from "./roll.ts";

/** The ages for which a card has a claim, in place of a date of birth. */
const AGES: Readonly<Record<Configuration, readonly number[]>> = {
  "official-id": [],
  "welfare-card": [19, 65],
  "drivers-licence": [19],
};

/** The claims of a person's card: only those that its type needs. */
export function claimsOf(configuration: Configuration, person: Person, today: Date): Record<string, unknown> {
  const { name, staffNumber, organization, department, position, benefit } = person;
  const ages = Object.fromEntries(AGES[configuration].map((age) => [age, isAged(person.birthDate, age, today)]));
  switch (configuration) {
    case "official-id":
      return { name, staff_number: staffNumber, organization, department, position };
    case "welfare-card":
      return { name, benefit, age_equal_or_over: ages };
    case "drivers-licence":
      return {
        name,
        licence_number: person.licenceNumber,
        classes: person.licenceClasses,
        licence_expires: person.licenceExpires,
        age_equal_or_over: ages,
      };
  }
}

/** Whether a person has reached an age on a day: from the birthday on; for 29 February from 1 March on. */
export function isAged(birthDate: string, age: number, today: Date): boolean {
  const [year = 0, month = 1, day = 1] = birthDate.split("-").map(Number);
  return Date.UTC(year + age, month - 1, day) <= today.getTime();
}
