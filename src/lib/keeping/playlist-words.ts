import type { PlaylistVisibility } from '#contracts/playlist';
import { spoken } from '#language/spoken';

export const VISIBILITY_WORDS: Record<PlaylistVisibility, { name: string; means: string }> = spoken(
	() => ({
		private: { name: 'Private', means: 'Only you see it' },
		unlisted: { name: 'Unlisted', means: 'Whoever has its link sees it' },
		public: { name: 'Public', means: 'Everybody may see it' }
	})
);
