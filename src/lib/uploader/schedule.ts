/** What a person retried or moved up goes first; what can wait goes last. */
export const PRIORITIES = ['urgent', 'normal', 'background'] as const;
export type Priority = (typeof PRIORITIES)[number];

interface Place {
	priority: Priority;
	group: string;
}

/**
 * Who is next. Within a priority the groups (releases, folders) take turns, so that a single dropped late is not behind
 * nine thousand files; within a group the order of adding holds.
 */
export class Schedule<Item> {
	readonly #places = new Map<Item, Place>();
	/** A group's items in order; the groups themselves in the order of their turns. */
	readonly #turns: Record<Priority, Map<string, Set<Item>>> = {
		urgent: new Map(),
		normal: new Map(),
		background: new Map()
	};

	get size() {
		return this.#places.size;
	}

	has(item: Item): boolean {
		return this.#places.has(item);
	}

	/** Adds an item at the end of its group. One that is there already takes its new place. */
	add(item: Item, { priority, group }: Place) {
		this.remove(item);
		const groups = this.#turns[priority];
		const members = groups.get(group);
		if (members) members.add(item);
		else groups.set(group, new Set([item]));
		this.#places.set(item, { priority, group });
	}

	/** Puts an item back to where it was taken from: it is the next of its group, and its group is next. */
	putBack(item: Item, { priority, group }: Place) {
		this.remove(item);
		const groups = this.#turns[priority];
		const others = groups.get(group) ?? [];
		groups.delete(group);
		const rest = [...groups];
		groups.clear();
		groups.set(group, new Set([item, ...others]));
		for (const [name, members] of rest) groups.set(name, members);
		this.#places.set(item, { priority, group });
	}

	remove(item: Item) {
		const place = this.#places.get(item);
		if (!place) return;
		this.#places.delete(item);
		const groups = this.#turns[place.priority];
		const members = groups.get(place.group);
		members?.delete(item);
		if (members?.size === 0) groups.delete(place.group);
	}

	/** Takes the next item. */
	next(): Item | undefined {
		for (const priority of PRIORITIES) {
			const groups = this.#turns[priority];
			const [turn] = groups;
			if (!turn) continue;
			const [group, members] = turn;
			const [item] = members;
			if (item === undefined) continue;
			this.remove(item);
			// The group goes to the end of the line, behind those that still wait for their turn.
			if (groups.delete(group) && members.size > 0) groups.set(group, members);
			return item;
		}
		return undefined;
	}

	/** Takes the next items, at most so many. */
	take(most: number): Item[] {
		const taken: Item[] = [];
		while (taken.length < most) {
			const item = this.next();
			if (item === undefined) break;
			taken.push(item);
		}
		return taken;
	}
}
