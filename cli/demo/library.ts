import { existsSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DemoRelease, DemoTrack } from './catalogue.ts';
import { drawCover } from './covers.ts';
import { FORMATS } from './encoder.ts';
import type { Studio } from './studio.ts';
import type { TrackOrder } from './track-worker.ts';

interface Making {
	/** Where the library goes; what is there already stays. */
	folder: string;
	/** For what is needed meanwhile. */
	scratch: string;
	studio: Studio;
	/** @param file from the folder on */
	onmade: (file: string) => void;
}

/** Writes the files of a library: artist, release, disc, track, as people keep their music. */
export async function makeLibrary(
	releases: readonly DemoRelease[],
	{ folder, scratch, studio, onmade }: Making
): Promise<void> {
	const orders: TrackOrder[] = [];
	const pictures: { file: string; date: Date }[] = [];
	const dates = new Map<string, Date>();
	for (const [at, release] of releases.entries()) {
		const date = new Date(Date.UTC(release.year, at % 12, 1 + (at % 28)));
		const embedded = path.join(scratch, `${at}.jpg`);
		const home = path.join(folder, homeOf(release));
		for (const track of release.tracks)
			await mkdir(path.join(home, discOf(release, track)), { recursive: true });
		const isBeside = release.coverLies !== 'embedded';
		const picture = isBeside ? path.join(home, release.coverLies) : embedded;
		if (isBeside) pictures.push({ file: picture, date });
		const missing: TrackOrder[] = [];
		for (const track of release.tracks) {
			const { ending } = FORMATS[track.format];
			const name = `${String(track.number).padStart(2, '0')} ${fileName(track.title)}.${ending}`;
			const file = path.join(home, discOf(release, track), name);
			dates.set(file, date);
			const order = {
				commission: { style: track.artist.style, seed: track.seed, seconds: track.seconds },
				format: track.format,
				tags: tagsOf(release, track),
				cover: isBeside ? null : embedded,
				file
			};
			if (existsSync(file)) onmade(path.relative(folder, file));
			else missing.push(order);
		}
		orders.push(...missing);
		if (!existsSync(picture) && (isBeside || missing.length > 0)) {
			const format = picture.endsWith('.png') ? 'png' : 'jpeg';
			await writeFile(picture, await drawCover(release.cover, format));
		}
	}
	await studio.makeAll(orders, ({ file }) => onmade(path.relative(folder, file)));
	// A file's date is part of how an upload is recognised when it comes again.
	for (const { file, date } of pictures) await utimes(file, date, date);
	for (const [file, date] of dates) await utimes(file, date, date);
}

function homeOf({ albumArtist, title, year }: DemoRelease): string {
	return path.join(fileName(albumArtist), `${fileName(title)} (${year})`);
}

function discOf({ discs }: DemoRelease, { disc }: DemoTrack): string {
	return discs > 1 ? `CD ${disc}` : '';
}

/** @returns by the names that ffmpeg has for them */
function tagsOf(release: DemoRelease, track: DemoTrack): Record<string, string> {
	return {
		title: track.title,
		artist: track.artist.name,
		album_artist: release.albumArtist,
		album: release.title,
		track: String(track.number),
		...(release.discs > 1 && { disc: `${track.disc}/${release.discs}` }),
		date: String(release.year),
		genre: release.genre,
		...(release.isCompilation && { compilation: '1' })
	};
}

/** Fit for every file system. */
function fileName(text: string): string {
	return text.replace(/[/\\:*?"<>|]/g, '-').replace(/\.$/, '');
}
