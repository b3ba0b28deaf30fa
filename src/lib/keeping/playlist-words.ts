import type { PlaylistVisibility } from '#contracts/playlist';

export const VISIBILITY_WORDS: Record<PlaylistVisibility, { name: string; means: string }> = {
	private: { name: 'Private', means: 'Only you see it' },
	unlisted: { name: 'Unlisted', means: 'Whoever has its link sees it' },
	public: { name: 'Public', means: 'Everybody may see it' }
};
