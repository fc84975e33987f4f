import { maskAddress, maskText } from '../../platform/mask-address';
import { PERSONAL, type Shown } from './fields';

/** What stands for a text that is not shown. */
export const HIDDEN = '•••';

/** What a caller may see of people. */
export interface Sight {
  /** Whether people's data may be seen on this channel type; undefined: where no channel type is named. */
  sees(channelType: string | undefined): boolean;
  /** Names of fields that are about no people here. */
  open: readonly string[];
}

/**
 * An answer as it goes out, with what the caller may not see masked. A thing that names its channel type is judged by it, and
 * so is everything inside. Made of plain JSON values; what is masked is made anew.
 */
export function maskPersonalData(value: unknown, sight: Sight, channelType?: string): unknown {
  if (Array.isArray(value)) return value.map((item) => maskPersonalData(item, sight, channelType));
  if (!isObject(value)) return value;
  const own = typeof value['channelType'] === 'string' ? value['channelType'] : channelType;
  if (sight.sees(own)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shown(name, item, { sight, own })]));
}

function shown(name: string, item: unknown, { sight, own }: { sight: Sight; own: string | undefined }): unknown {
  if (sight.open.includes(name)) return item;
  const how = Object.hasOwn(PERSONAL, name) ? PERSONAL[name] : undefined;
  return how === undefined ? maskPersonalData(item, sight, own) : MASKS[how](item, sight, own);
}

const MASKS: Readonly<Record<Shown, (item: unknown, sight: Sight, own: string | undefined) => unknown>> = {
  masked: (item) => (typeof item === 'string' ? maskAddress(item) : emptied(item)),
  hidden: (item) => emptied(item),
  words: (item, sight, own) => (typeof item === 'string' ? maskText(item) : maskPersonalData(item, sight, own)),
};

function emptied(item: unknown): unknown {
  if (typeof item === 'string') return item === '' ? '' : HIDDEN;
  if (Array.isArray(item)) return [];
  if (isObject(item)) return {};
  return typeof item === 'number' ? 0 : item;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}
