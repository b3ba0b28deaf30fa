/** What an embed says beside the names of what it plays. */
export function embedWords({ title, artist }: { title: string; artist: string }) {
	return {
		title: `${title} by ${artist}`,
		open: `Open ${title} by ${artist}`,
		silent: 'It does not play yet.',
		tracks: 'Tracks'
	};
}

/** What one says of which nothing is here, or nothing for everybody. */
export function goneWords() {
	return { title: 'This is not here', text: 'It was taken away, or it is not for everybody.' };
}
