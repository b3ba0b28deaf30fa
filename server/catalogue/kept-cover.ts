/** A picture as rows keep it. */
export interface KeptCover {
	/** sha-256 of the picture as it came; names its files. */
	hash: string;
	/** `#rrggbb` that it is remembered by. */
	color: string;
}

export const coverIn = (row: {
	cover_hash: string | null;
	cover_color: string | null;
}): KeptCover | null =>
	row.cover_hash !== null && row.cover_color !== null
		? { hash: row.cover_hash, color: row.cover_color }
		: null;

export const coverColumns = (cover: KeptCover | null) => ({
	cover_hash: cover?.hash ?? null,
	cover_color: cover?.color ?? null
});
