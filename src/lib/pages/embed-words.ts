/** What a frame says beside the music's own names. */
export const bothNames = (title: string, artist: string) => `${title} by ${artist}`;
export const openWords = (name: string) => `Open ${name}`;
export const tracksWords = () => 'Tracks';
export const notYetWords = () => 'It does not play yet.';
export const missingWords = () => ({
	title: 'There is nothing here',
	text: 'It was taken away, is not public, or the address has a slip in it.'
});
