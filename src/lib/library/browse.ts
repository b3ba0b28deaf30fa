import * as v from 'valibot';
import { ArtistPage, ReleasePage } from '#contracts/browse';
import { Found } from '#contracts/search';

async function ask(path: string, asked: Record<string, string>, signal?: AbortSignal) {
	const response = await fetch(`${path}?${new URLSearchParams(asked)}`, signal ? { signal } : {});
	if (!response.ok) throw new Error(`${path}: ${response.status}`);
	return response.json();
}

/** @param asked sort, genre, year, cursor as they stand in an address */
export async function fetchReleases(asked: Record<string, string>) {
	const { releases, next } = v.parse(ReleasePage, await ask('/api/browse/releases', asked));
	return { items: releases, next };
}

export async function fetchArtists(asked: Record<string, string>) {
	const { artists, next } = v.parse(ArtistPage, await ask('/api/browse/artists', asked));
	return { items: artists, next };
}

/** @throws when it is aborted by `signal`, as `fetch` does */
export async function searchFor(query: string, limit: number, signal: AbortSignal): Promise<Found> {
	return v.parse(Found, await ask('/api/search', { q: query, limit: String(limit) }, signal));
}
