/** A relative as the API tells it: `links` lead one step towards the listing asked for. */
export interface Member {
  id: string;
  name?: string | null;
  depth: number;
  links: { id: string; bps: number }[];
}

export interface Node {
  id: string;
  name: string | null;
  x: number;
  y: number;
}

export interface Line {
  from: string;
  to: string;
  bps: number;
  path: string;
}

export interface Drawing {
  nodes: Node[];
  lines: Line[];
  width: number;
  height: number;
  /** Relatives that no column had room for. */
  hidden: number;
}

export const NODE = { width: 168, height: 44 };
const GAP = { x: 72, y: 14 };
const IN_COLUMN = 6;

/** Ancestors to the left, descendants to the right, one column for each step; lines from parent to child. */
export function drawLineage(self: { id: string; name: string | null }, ancestors: readonly Member[], descendants: readonly Member[]): Drawing {
  const columns = new Map<number, { id: string; name: string | null }[]>([[0, [self]]]);
  let hidden = 0;
  const put = (member: Member, side: -1 | 1) => {
    const column = columns.get(side * member.depth) ?? [];
    if (column.length < IN_COLUMN) columns.set(side * member.depth, [...column, { id: member.id, name: member.name ?? null }]);
    else hidden += 1;
  };
  for (const member of ancestors) put(member, -1);
  for (const member of descendants) put(member, 1);
  const order = [...columns.keys()].toSorted((a, b) => a - b);
  const tallest = Math.max(...[...columns.values()].map(({ length }) => length));
  const height = tallest * (NODE.height + GAP.y) - GAP.y;
  const nodes = order.flatMap((key, at) => {
    const column = columns.get(key) ?? [];
    const top = (height - (column.length * (NODE.height + GAP.y) - GAP.y)) / 2;
    return column.map(({ id, name }, row) => ({ id, name, x: at * (NODE.width + GAP.x), y: top + row * (NODE.height + GAP.y) }));
  });
  const places = new Map(nodes.map((node) => [node.id, node]));
  const line = (parent: string, child: string, bps: number): Line[] => {
    const [from, to] = [places.get(parent), places.get(child)];
    if (from === undefined || to === undefined) return [];
    const [x1, y1, x2, y2] = [from.x + NODE.width, from.y + NODE.height / 2, to.x, to.y + NODE.height / 2];
    const bend = (x2 - x1) / 2;
    return [{ from: parent, to: child, bps, path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` }];
  };
  const lines = [
    ...ancestors.flatMap((member) => member.links.flatMap((link) => line(member.id, link.id, link.bps))),
    ...descendants.flatMap((member) => member.links.flatMap((link) => line(link.id, member.id, link.bps))),
  ];
  return { nodes, lines, width: order.length * (NODE.width + GAP.x) - GAP.x, height, hidden };
}

/** What a listing's settlements gave one parent, by token: amounts in different tokens are never added. */
export function flowed<T extends { address: string }>(
  settlements: readonly { token: T; royalties: readonly { parent: string; amount: string }[] }[],
  parent: string,
): { token: T; amount: bigint }[] {
  const sums = new Map<string, { token: T; amount: bigint }>();
  for (const { token, royalties } of settlements) {
    for (const royalty of royalties) {
      if (royalty.parent !== parent) continue;
      const had = sums.get(token.address)?.amount ?? 0n;
      sums.set(token.address, { token, amount: had + BigInt(royalty.amount) });
    }
  }
  return [...sums.values()].filter(({ amount }) => amount > 0n);
}
