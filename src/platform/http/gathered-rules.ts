import { getMetadataStorage } from 'class-validator';

type Gather = ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas'];

let done = false;

/**
 * Makes class-validator remember the rules of each class. By itself it gathers them anew for every object that it checks,
 * and looks for inherited ones in every class of the application: a third of the time that checking a message takes.
 */
export function gatherRulesOnce(): void {
  if (done) return;
  done = true;
  const storage = getMetadataStorage();
  const gather = storage.getTargetValidationMetadatas.bind(storage);
  const known = new WeakMap<object, ReturnType<Gather>>();
  // The schema names where the object was found; it matters only to rules that were registered without a class.
  storage.getTargetValidationMetadatas = (...question) => {
    const [target, , always, strictGroups, groups] = question;
    if (always || strictGroups || groups) return gather(...question);
    const rules = known.get(target) ?? gather(...question);
    known.set(target, rules);
    return rules;
  };
}
