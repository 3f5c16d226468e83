import type { Tension } from '#domain/tension.ts';

/** A tension as the map draws it: a bracket that leaves the rows of its poles and runs in a lane of its own. */
export interface MapLine {
	readonly tension: Tension;
	/** Rows of its poles, from the top. Equal where both poles are the same axis. */
	readonly rowA: number;
	readonly rowB: number;
	/** From the labels outwards. Lines that stand beside each other never share one. */
	readonly lane: number;
}

/** Tensions that are tied to each other by axes, directly or through others. */
export interface MapGroup {
	/** Id of its first tension: the same as long as that is there. */
	readonly key: string;
	/** Names of the axes, from the top. */
	readonly axes: readonly string[];
	readonly lines: readonly MapLine[];
	readonly lanes: number;
}

interface Node {
	readonly name: string;
	readonly tensions: Tension[];
	readonly near: Set<string>;
}

/**
 * Groups of tensions that share axes, largest first, each laid out. It depends on nothing but the tensions and their order:
 * the same mirror is drawn the same way each time.
 */
export function layoutMap(tensions: readonly Tension[]): MapGroup[] {
	const nodes = nodesOf(tensions);
	const seen = new Set<string>();
	const groups: MapGroup[] = [];
	for (const key of nodes.keys()) {
		if (seen.has(key)) continue;
		const keys = reachedFrom(key, nodes);
		for (const reached of keys) seen.add(reached);
		groups.push(layoutGroup(keys, nodes));
	}
	return groups.sort((a, b) => b.lines.length - a.lines.length);
}

/** Poles of one identity that differ in nothing but case, accents and signs are one axis (specification C3, 25). */
export function poleKey(identityId: string | null, name: string): string {
	const folded = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
	return `${identityId ?? ''}\n${folded.match(/[\p{L}\p{N}]+/gu)?.join(' ') ?? name.trim()}`;
}

/** Whether two have the same poles, either way round. */
export function haveSamePoles(
	one: Pick<Tension, 'axis_a' | 'axis_b'>,
	other: Pick<Tension, 'axis_a' | 'axis_b'>
): 'same' | 'turned' | null {
	const [a, b, c, d] = [one.axis_a, one.axis_b, other.axis_a, other.axis_b].map((name) =>
		poleKey(null, name)
	);
	if (a === c && b === d) return 'same';
	return a === d && b === c ? 'turned' : null;
}

function nodesOf(tensions: readonly Tension[]): Map<string, Node> {
	const nodes = new Map<string, Node>();
	const nodeOf = (key: string, name: string): Node => {
		const node = nodes.get(key) ?? { name, tensions: [], near: new Set() };
		nodes.set(key, node);
		return node;
	};
	for (const tension of tensions) {
		const [a, b] = polesOf(tension);
		const [nodeA, nodeB] = [nodeOf(a, tension.axis_a), nodeOf(b, tension.axis_b)];
		nodeA.tensions.push(tension);
		nodeA.near.add(b);
		nodeB.near.add(a);
	}
	return nodes;
}

function polesOf({ identity_id, axis_a, axis_b }: Tension): [string, string] {
	return [poleKey(identity_id, axis_a), poleKey(identity_id, axis_b)];
}

function reachedFrom(start: string, nodes: ReadonlyMap<string, Node>): string[] {
	const reached = new Set([start]);
	for (const key of reached) for (const next of nodes.get(key)?.near ?? []) reached.add(next);
	return [...reached];
}

function layoutGroup(keys: readonly string[], nodes: ReadonlyMap<string, Node>): MapGroup {
	const order = orderOf(keys, nodes);
	const row = new Map(order.map((key, at) => [key, at]));
	const tensions = keys.flatMap((key) => nodes.get(key)?.tensions ?? []);
	const drawn = tensions.map((tension) => {
		const [a, b] = polesOf(tension);
		return { tension, rowA: row.get(a) ?? 0, rowB: row.get(b) ?? 0 };
	});
	const lines = inLanes(drawn);
	return {
		key: tensions[0]?.id ?? '',
		axes: order.map((key) => nodes.get(key)?.name ?? ''),
		lines,
		lanes: Math.max(...lines.map(({ lane }) => lane + 1))
	};
}

/** The axis with the most neighbours in the middle, each next one on the side on which its neighbours stand. */
function orderOf(keys: readonly string[], nodes: ReadonlyMap<string, Node>): string[] {
	const degree = (key: string) => nodes.get(key)?.near.size ?? 0;
	const byDegree = [...keys].sort((a, b) => degree(b) - degree(a));
	const [first] = byDegree;
	if (first === undefined) return [];
	const order = [first];
	const queue = new Set([first]);
	for (const key of queue) {
		const fresh = byDegree.filter((next) => !queue.has(next) && nodes.get(key)?.near.has(next) === true);
		for (const next of fresh) {
			queue.add(next);
			const at = order.indexOf(key);
			const below = order.length - 1 - at;
			if (at < below) order.unshift(next);
			else order.push(next);
		}
	}
	return untangled(order, nodes);
}

/** Neighbours change places while that makes the lines shorter in all. */
function untangled(order: string[], nodes: ReadonlyMap<string, Node>): string[] {
	const at = new Map(order.map((key, row) => [key, row]));
	const reach = (key: string, row: number, other: string) =>
		[...(nodes.get(key)?.near ?? [])]
			.filter((near) => near !== key && near !== other)
			.reduce((sum, near) => sum + Math.abs(row - (at.get(near) ?? 0)), 0);
	for (let round = 0, isBetter = true; isBetter && round < 20; round++) {
		isBetter = false;
		for (let row = 0; row + 1 < order.length; row++) {
			const [upper, lower] = [order[row] ?? '', order[row + 1] ?? ''];
			const before = reach(upper, row, lower) + reach(lower, row + 1, upper);
			const after = reach(upper, row + 1, lower) + reach(lower, row, upper);
			if (after >= before) continue;
			[order[row], order[row + 1]] = [lower, upper];
			at.set(lower, row).set(upper, row + 1);
			isBetter = true;
		}
	}
	return order;
}

/** Short lines close to the labels, longer ones around them. */
function inLanes(drawn: readonly Omit<MapLine, 'lane'>[]): MapLine[] {
	const topOf = ({ rowA, rowB }: Omit<MapLine, 'lane'>) => Math.min(rowA, rowB);
	const spanOf = ({ rowA, rowB }: Omit<MapLine, 'lane'>) => Math.abs(rowA - rowB);
	const taken: (readonly [top: number, bottom: number])[][] = [];
	const byLength = [...drawn].sort((a, b) => spanOf(a) - spanOf(b) || topOf(a) - topOf(b));
	const lines = byLength.map((line) => {
		// A loop from an axis to itself reaches half a row above and below it.
		const beyond = spanOf(line) === 0 ? 0.5 : 0;
		const [top, bottom] = [topOf(line) - beyond, topOf(line) + spanOf(line) + beyond];
		const free = taken.findIndex((lane) => lane.every(([from, to]) => bottom <= from || to <= top));
		const lane = free === -1 ? taken.length : free;
		(taken[lane] ??= []).push([top, bottom]);
		return { ...line, lane };
	});
	// From the top, as one goes through them by keys.
	return lines.sort((a, b) => topOf(a) - topOf(b) || a.lane - b.lane);
}

/** Units of the drawing: height of a row, distance of two lanes, and where the axes stand. */
export interface MapScale {
	readonly row: number;
	readonly lane: number;
	readonly start: number;
}

/** How a line is drawn, and where its mark stands on it. */
export interface Bracket {
	readonly path: string;
	/** Its part in the lane alone: what is pressed, for no other line comes near it there. */
	readonly straight: string;
	readonly x: number;
	readonly y: number;
}

/**
 * From pole A out to the lane, along it, and back to pole B. The mark stands on the straight part in the lane: no two marks
 * of a group can lie on each other.
 */
export function bracketOf({ tension, rowA, rowB, lane }: MapLine, scale: MapScale): Bracket {
	const { start, row } = scale;
	const x = start + (lane + 1) * scale.lane;
	// Both poles on one axis: a loop that leaves it above and comes back below.
	const apart = rowA === rowB ? row / 4 : 0;
	const [yA, yB] = [(rowA + 0.5) * row - apart, (rowB + 0.5) * row + apart];
	const down = yA < yB ? 1 : -1;
	const turn = Math.min(14, Math.abs(yB - yA) / 3) * down;
	const bend = Math.abs(turn);
	const path = [
		`M${start} ${yA}`,
		`H${x - bend}`,
		`Q${x} ${yA} ${x} ${yA + turn}`,
		`V${yB - turn}`,
		`Q${x} ${yB} ${x - bend} ${yB}`,
		`H${start}`
	].join(' ');
	const across = ((tension.position ?? 0) + 1) / 2;
	return {
		path,
		straight: `M${x} ${yA + turn}V${yB - turn}`,
		x,
		y: yA + turn + across * (yB - yA - 2 * turn)
	};
}
