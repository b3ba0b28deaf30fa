import { MOTIFS, type CoverSketch } from './covers.ts';
import { FORMATS, type FormatName } from './encoder.ts';
import { Names, type Tongue } from './names.ts';
import { Random } from './random.ts';
import { STYLES, type StyleName } from './style.ts';

export interface DemoArtist {
	name: string;
	style: StyleName;
	tongue: Tongue;
	/** Degrees on the colour wheel. */
	hue: number;
	motif: CoverSketch['motif'];
}

export interface DemoTrack {
	title: string;
	artist: DemoArtist;
	/** Within its disc, from 1. */
	number: number;
	disc: number;
	/** Of the music; about. */
	seconds: number;
	format: FormatName;
	/** What the music is made from. */
	seed: string;
}

export interface DemoRelease {
	title: string;
	/** Various Artists on a compilation. */
	albumArtist: string;
	isCompilation: boolean;
	year: number;
	genre: string;
	discs: number;
	cover: CoverSketch;
	/** In the files, or as a picture beside them. */
	coverLies: 'embedded' | 'cover.jpg' | 'folder.png';
	tracks: DemoTrack[];
}

/** Who is in every library. */
const STYLES_FIRST: readonly StyleName[] = [
	'synthwave',
	'garden',
	'lo-fi',
	'caravan',
	'house',
	'new wave',
	'island',
	'ambient',
	'folk',
	'waltz',
	'dub'
];

interface Plan {
	/** By number, in the order in which they came. */
	artist: number;
	/** Tracks of each disc. */
	discs: readonly number[];
	format: FormatName;
	coverLies: DemoRelease['coverLies'];
	seconds?: number;
}

/** What a small library should have in it: each format, several scripts, two discs, something long. */
const FIRST: readonly (Plan | 'compilation')[] = [
	{ artist: 0, discs: [1], format: 'mp3-vbr', coverLies: 'embedded' },
	{ artist: 1, discs: [3], format: 'flac-16', coverLies: 'embedded' },
	{ artist: 2, discs: [5], format: 'mp3-cbr', coverLies: 'cover.jpg' },
	{ artist: 3, discs: [2], format: 'opus', coverLies: 'cover.jpg' },
	'compilation',
	{ artist: 4, discs: [4, 4], format: 'aac', coverLies: 'embedded' },
	{ artist: 5, discs: [3], format: 'vorbis', coverLies: 'cover.jpg' },
	{ artist: 6, discs: [2], format: 'alac', coverLies: 'embedded' },
	{ artist: 7, discs: [1], format: 'flac-24', coverLies: 'embedded', seconds: 240 },
	{ artist: 8, discs: [2], format: 'wav', coverLies: 'folder.png' },
	{ artist: 9, discs: [2], format: 'aiff', coverLies: 'embedded' },
	{ artist: 10, discs: [2], format: 'flac-16', coverLies: 'cover.jpg' },
	{ artist: 0, discs: [1], format: 'mp3-cbr', coverLies: 'embedded' }
];

const COMPILATION_FORMATS: readonly FormatName[] = [
	'mp3-vbr',
	'flac-16',
	'aac',
	'vorbis',
	'mp3-cbr',
	'opus',
	'alac',
	'flac-24'
];

const SECONDS = [54, 70] as const;
const TONGUES: Partial<Record<StyleName, Tongue>> = {
	garden: 'japanese',
	caravan: 'arabic',
	'new wave': 'russian',
	island: 'greek',
	waltz: 'nordic'
};

/**
 * What the library will hold. The same seed gives the same releases in the same order, however many tracks are asked
 * for: a larger library begins with the smaller one.
 * @param tracks how many; the last release may be incomplete
 * @param seconds how long each is, about; as long as songs are if not said
 */
export function planLibrary({
	seed,
	tracks,
	seconds = null
}: {
	seed: number;
	tracks: number;
	seconds?: number | null;
}): DemoRelease[] {
	const library = new Library(seed, seconds);
	const releases: DemoRelease[] = [];
	let rest = tracks;
	for (let at = 0; rest > 0; at++) {
		const release = library.release(at);
		releases.push({ ...release, tracks: release.tracks.slice(0, rest) });
		rest -= release.tracks.length;
	}
	return releases;
}

class Library {
	readonly #seed: number;
	readonly #seconds: number | null;
	readonly #random: Random;
	readonly #names: Names;
	readonly #artists: DemoArtist[] = [];

	constructor(seed: number, seconds: number | null) {
		this.#seed = seed;
		this.#seconds = seconds;
		this.#random = new Random('library', seed);
		this.#names = new Names(this.#random);
		for (const style of STYLES_FIRST) this.#newArtist(style);
	}

	/** Must be asked for in order. @param at from 0 */
	release(at: number): DemoRelease {
		const plan = FIRST[at] ?? this.#furtherPlan();
		return plan === 'compilation' ? this.#compilation(at) : this.#byOne(plan, at);
	}

	#furtherPlan(): Plan | 'compilation' {
		const random = this.#random;
		if (random.chance(0.08)) return 'compilation';
		if (random.chance(0.5)) this.#newArtist(random.pick(Object.keys(STYLES) as StyleName[]));
		const isKnown = random.chance(0.4);
		const format = random.pick(COMPILATION_FORMATS);
		const lies = random.pick(['embedded', 'cover.jpg'] as const);
		return {
			artist: isKnown ? random.whole(0, this.#artists.length - 1) : this.#artists.length - 1,
			discs: random.pick([[1], [4], [8], [9], [10], [6, 6]]),
			format,
			coverLies: FORMATS[format].embedsCover ? lies : 'cover.jpg'
		};
	}

	#byOne(plan: Plan, at: number): DemoRelease {
		const artist = this.#artists[plan.artist];
		if (!artist) throw new Error(`no artist ${plan.artist}`);
		const title = this.#names.title(artist.tongue);
		const tracks = plan.discs.flatMap((count, disc) =>
			Array.from({ length: count }, (_, index) => ({
				...this.#track(artist, `${at} ${disc} ${index}`, plan.seconds),
				...{ number: index + 1, disc: disc + 1, format: plan.format }
			}))
		);
		const [only] = tracks;
		return {
			// A single is called what its song is called.
			title: tracks.length === 1 && only ? only.title : title,
			albumArtist: artist.name,
			isCompilation: false,
			year: this.#random.whole(2012, 2025),
			genre: STYLES[artist.style].genre,
			discs: plan.discs.length,
			cover: this.#cover(artist, at),
			coverLies: plan.coverLies,
			tracks
		};
	}

	#compilation(at: number): DemoRelease {
		const artists = this.#random.shuffled(this.#artists).slice(0, COMPILATION_FORMATS.length);
		const tracks = artists.map((artist, index) => ({
			...this.#track(artist, `${at} various ${index}`),
			...{ number: index + 1, disc: 1, format: COMPILATION_FORMATS[index] ?? 'mp3-vbr' }
		}));
		const [host] = artists;
		if (!host) throw new Error('a compilation needs artists');
		return {
			title: `${this.#names.title('english')} Sessions`,
			albumArtist: 'Various Artists',
			isCompilation: true,
			year: this.#random.whole(2018, 2025),
			genre: 'Compilation',
			discs: 1,
			cover: { ...this.#cover(host, at), motif: 'tiles' },
			coverLies: 'cover.jpg',
			tracks
		};
	}

	#track(artist: DemoArtist, place: string, seconds = this.#random.between(...SECONDS)) {
		const title = this.#names.title(artist.tongue);
		const seed = `${this.#seed} ${place} ${title}`;
		return { title, artist, seconds: this.#seconds ?? seconds, seed };
	}

	#cover({ hue, motif }: DemoArtist, at: number): CoverSketch {
		// A release is a shade away from the others by the same artist.
		return { motif, hue: hue + this.#random.between(-18, 18), seed: `${this.#seed} ${at}` };
	}

	#newArtist(style: StyleName) {
		const tongue = TONGUES[style] ?? 'english';
		const known = this.#artists.length;
		this.#artists.push({
			...{ name: this.#names.artist(tongue), style, tongue },
			// The golden angle: neighbours never look alike.
			hue: (this.#seed * 47 + known * 137.5) % 360,
			motif: MOTIFS[(known + this.#seed) % MOTIFS.length] ?? 'horizon'
		});
	}
}
