import { personOf } from '../domain/calling.ts';

/** A person as channels know them: addresses are secrets, since they are personal data. */
export type Person = {
  readonly id: string;
  readonly language: 'zh' | 'en';
  /** E.164, with its +. */
  readonly phone: { reveal(): string } | null;
  readonly mail: { reveal(): string } | null;
  /** A browser's push subscription, its JSON. */
  readonly push: { reveal(): string } | null;
};

export type People = ReadonlyMap<string, Person>;

/** Whom a notice to `called` is for. @throws Error when it calls nobody by name, or somebody who is gone */
export function calledPerson(people: People, called: string): Person {
  const id = personOf(called);
  if (id === null) throw new Error(`${called} is a role, and this channel calls people by name`);
  const person = people.get(id);
  if (person === undefined) throw new Error(`there is no ${id} in notify.people any more`);
  return person;
}

/** @throws Error when the person has no such address any more */
export function addressOf(person: Person, kind: 'phone' | 'mail' | 'push'): string {
  const address = person[kind];
  if (address === null) throw new Error(`${person.id} has no ${kind} any more`);
  return address.reveal();
}
