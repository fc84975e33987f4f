/** What a PromQL expression asks for: families with the labels that it names of them, and the labels that it groups by. */
export interface Asked {
  families: { name: string; labels: string[] }[];
  groups: string[];
}

/** Words of the language that could be taken for names. */
const WORDS = new Set([
  'and',
  'or',
  'unless',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'bool',
  'offset',
]);
const NAME = /[a-zA-Z_:][\w:]*/g;

/** Reads an expression as far as its names go. Grafana's variables are no names. */
export function namesIn(expression: string): Asked {
  const groups: string[] = [];
  const families: Asked['families'] = [];
  const plain = expression
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g, (_, list: string) => {
      groups.push(...(list.match(NAME) ?? []));
      return '';
    });
  for (const match of plain.matchAll(/([a-zA-Z_:][\w:]*)\s*(\(|\{([^}]*)\})?/g)) {
    const [, name = '', after = '', selectors = ''] = match;
    if (after === '(' || WORDS.has(name)) continue;
    families.push({
      name,
      labels: [...selectors.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    });
  }
  return { families, groups };
}
