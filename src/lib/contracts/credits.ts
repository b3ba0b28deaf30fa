import type { Credit } from './release.ts';

/** More than any sleeve has. */
const MOST = 60;

/**
 * What texts of credits come to, read together: each role once, in the order of its first mention, with everybody who
 * is named for it.
 */
export function creditsIn(texts: readonly string[]): Credit[] {
	const byRole = new Map<string, { role: string | null; names: Set<string> }>();
	for (const line of texts.flatMap((text) => text.split('\n'))) {
		const { role, names } = creditIn(line);
		if (names === '') continue;
		// A line without a role is a sentence, and stays whole.
		const key = role === null ? `\n${names}` : role.toLowerCase();
		const known = byRole.get(key) ?? { role, names: new Set<string>() };
		for (const name of role === null ? [names] : names.split(', ')) known.names.add(name);
		byRole.set(key, known);
	}
	return [...byRole.values()]
		.slice(0, MOST)
		.map(({ role, names }) => ({ role, names: [...names].join(', ') }));
}

function creditIn(line: string): Credit {
	const [, role, names] = /^([^:]{1,60}):\s+(.+)$/.exec(line.trim()) ?? [];
	return role && names
		? { role: role.trim(), names: names.trim() }
		: { role: null, names: line.trim() };
}
