import sharp from 'sharp';
import { Random } from './random.ts';

const EDGE = 1000;
const QUALITY = 88;

export const MOTIFS = [
	'horizon',
	'rings',
	'petals',
	'tiles',
	'threads',
	'strata',
	'mist',
	'moons',
	'columns'
] as const;

export interface CoverSketch {
	motif: (typeof MOTIFS)[number];
	/** Degrees on the colour wheel; what it is remembered by. */
	hue: number;
	seed: string;
}

/** Draws an abstract cover, 1000 pixels square. The same sketch gives the same picture. */
export async function drawCover(sketch: CoverSketch, format: 'jpeg' | 'png'): Promise<Buffer> {
	const picture = sharp(Buffer.from(coverSvg(sketch)));
	return format === 'png'
		? picture.png({ palette: true, colours: 128 }).toBuffer()
		: picture.flatten().jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' }).toBuffer();
}

export function coverSvg({ motif, hue, seed }: CoverSketch): string {
	const random = new Random('cover', motif, seed);
	const palette = paletteOf(hue, random);
	const drawn = DRAWN[motif](palette, random);
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${EDGE}" height="${EDGE}" viewBox="0 0 ${EDGE} ${EDGE}">
<rect width="${EDGE}" height="${EDGE}" fill="${palette.ground}"/>
${drawn}
</svg>`;
}

interface Palette {
	isDark: boolean;
	ground: string;
	/** Far from the ground. */
	ink: string;
	/** Between ground and ink; the first is the artist's. */
	tones: readonly [string, string, string, string];
}

function paletteOf(hue: number, random: Random): Palette {
	const isDark = random.chance(0.6);
	const away = random.pick([40, -45, 150, 180]);
	const at = (lightness: number, chroma: number, turn: number) =>
		oklch(lightness, chroma, hue + turn);
	return {
		isDark,
		ground: isDark ? at(0.24, 0.055, 8) : at(0.93, 0.028, 20),
		ink: isDark ? at(0.93, 0.03, away) : at(0.27, 0.06, 10),
		tones: [at(0.66, 0.16, 0), at(0.78, 0.13, away), at(0.5, 0.13, away / 3), at(0.4, 0.1, -20)]
	};
}

const DRAWN: Record<CoverSketch['motif'], (palette: Palette, random: Random) => string> = {
	/** A sun over hills that grow darker as they come near. */
	horizon({ tones, ground, ink, isDark }, random) {
		const [a, b, c, d] = tones;
		const sunX = random.between(280, 720);
		const sunY = random.between(300, 460);
		const radius = random.between(110, 210);
		const hills = Array.from({ length: 6 }, (_, at) => {
			const y = 470 + at * 95;
			const tone = mix(isDark ? b : a, isDark ? ground : d, at / 5);
			return `<path d="${wave(y, 60 - at * 4, random)} L1000 1000 L0 1000 Z" fill="${tone}"/>`;
		});
		return `${gradient('sky', [mix(ground, c, 0.75), mix(b, a, 0.3)])}
<rect width="1000" height="640" fill="url(#sky)"/>
<circle cx="${sunX}" cy="${sunY}" r="${radius}" fill="${isDark ? ink : mix(b, '#ffffff', 0.5)}"/>
${hills.join('\n')}`;
	},

	/** Rings in rings, cut and turned. */
	rings({ tones, ink }, random) {
		const colors = [...tones, ink];
		const x = random.between(350, 650);
		const y = random.between(350, 650);
		const count = random.whole(7, 10);
		return Array.from({ length: count }, (_, at) => {
			const radius = 70 + at * (440 / count) + random.between(0, 12);
			const width = random.between(12, 440 / count - 6);
			const length = 2 * Math.PI * radius;
			const arc = random.between(0.25, 0.92) * length;
			return `<circle cx="${x}" cy="${y}" r="${radius}" fill="none" stroke="${random.pick(colors)}" stroke-width="${width}" stroke-linecap="round" stroke-dasharray="${arc} ${length - arc}" transform="rotate(${random.between(0, 360)} ${x} ${y})"/>`;
		}).join('\n');
	},

	/** A flower of glass. */
	petals({ tones, ink, isDark }, random) {
		const count = random.pick([5, 6, 7, 8, 9, 12]);
		const layers = [430, 320, 210].map((length, layer) => {
			const width = length * random.between(0.3, 0.55);
			const tone = tones[layer] ?? ink;
			const turn = random.between(0, 60);
			return Array.from({ length: count }, (_, at) => {
				const angle = turn + (at * 360) / count;
				return `<path d="M500 500 C${500 - width} ${500 - length * 0.5} ${500 - width * 0.5} ${500 - length} 500 ${500 - length} C${500 + width * 0.5} ${500 - length} ${500 + width} ${500 - length * 0.5} 500 500 Z" fill="${tone}" fill-opacity="0.5" transform="rotate(${angle} 500 500)" style="mix-blend-mode:${isDark ? 'screen' : 'multiply'}"/>`;
			}).join('');
		});
		return `${layers.join('\n')}<circle cx="500" cy="500" r="${random.between(24, 60)}" fill="${ink}"/>`;
	},

	/** Quarter circles on a board. */
	tiles({ tones, ink, ground }, random) {
		const count = random.pick([4, 5]);
		const size = EDGE / count;
		const colors = [...tones, ink, ground];
		const tiles: string[] = [];
		for (let at = 0; at < count * count; at++) {
			const x = (at % count) * size;
			const y = Math.floor(at / count) * size;
			const [back, front] = random.shuffled(colors);
			const turn = `rotate(${90 * random.whole(0, 3)} ${x + size / 2} ${y + size / 2})`;
			const shape = random.pick([
				`<path d="M${x} ${y} h${size} a${size} ${size} 0 0 1 ${-size} ${size} Z" fill="${front}" transform="${turn}"/>`,
				`<circle cx="${x + size / 2}" cy="${y + size / 2}" r="${size * 0.34}" fill="${front}"/>`,
				`<path d="M${x} ${y} h${size} a${size / 2} ${size / 2} 0 0 1 ${-size} 0 Z" fill="${front}" transform="${turn}"/>`,
				`<path d="M${x} ${y} L${x + size} ${y} L${x} ${y + size} Z" fill="${front}" transform="${turn}"/>`
			]);
			tiles.push(
				`<rect x="${x}" y="${y}" width="${size + 1}" height="${size + 1}" fill="${back}"/>${shape}`
			);
		}
		return tiles.join('\n');
	},

	/** Many lines that never quite meet. */
	threads({ tones, ink }, random) {
		const [a, b] = tones;
		const count = 46;
		const high = random.between(120, 260);
		const turns = random.between(0.7, 1.8);
		const shift = random.between(0, 6);
		return Array.from({ length: count }, (_, at) => {
			const part = at / (count - 1);
			const points = Array.from({ length: 41 }, (_point, step) => {
				const x = (step / 40) * 1100 - 50;
				const angle = (step / 40) * turns * 2 * Math.PI + shift + part * 2.4;
				const envelope = Math.sin((step / 40) * Math.PI) ** 1.4;
				const y = 130 + part * 740 + Math.sin(angle) * high * envelope * (0.3 + part * 0.7);
				return `${x.toFixed(1)} ${y.toFixed(1)}`;
			});
			const tone = part < 0.5 ? mix(ink, a, part * 2) : mix(a, b, part * 2 - 1);
			return `<polyline points="${points.join(' ')}" fill="none" stroke="${tone}" stroke-width="${3 + 4 * part}"/>`;
		}).join('\n');
	},

	/** Paper that was torn and laid in layers, each with its shadow. */
	strata({ tones, ground, ink, isDark }, random) {
		const layers = 7;
		const tilt = random.between(-28, 28);
		const sheets = Array.from({ length: layers }, (_, at) => {
			const part = at / (layers - 1);
			const y = 40 + at * 140;
			const tone = mix(mix(tones[1], tones[0], part), isDark ? ground : ink, part * 0.75);
			const path = `${wave(y, random.between(30, 90), random, 1400)} L1400 1500 L-400 1500 Z`;
			return `<path d="${path}" fill="#000" fill-opacity="0.22" transform="translate(0 -14)" filter="url(#soft)"/><path d="${path}" fill="${tone}"/>`;
		});
		return `<filter id="soft"><feGaussianBlur stdDeviation="12"/></filter><rect width="1000" height="1000" fill="${mix(tones[1], '#ffffff', 0.45)}"/><g transform="rotate(${tilt} 500 500)">${sheets.join('\n')}</g>`;
	},

	/** Colours that run into each other. */
	mist({ tones, ground, ink }, random) {
		const clouds = Array.from({ length: 9 }, (_, at) => {
			const tone = tones[at % 4] ?? ink;
			return `<ellipse cx="${random.between(0, 1000)}" cy="${random.between(0, 1000)}" rx="${random.between(160, 380)}" ry="${random.between(120, 300)}" fill="${tone}" transform="rotate(${random.between(0, 180)} 500 500)"/>`;
		});
		const x = random.between(330, 670);
		return `<filter id="mist" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="85"/></filter>
<rect width="1000" height="1000" fill="${mix(ground, tones[2], 0.4)}"/><g filter="url(#mist)">${clouds.join('')}</g>
<circle cx="${x}" cy="${random.between(330, 670)}" r="${random.between(130, 230)}" fill="none" stroke="${ink}" stroke-width="3"/>`;
	},

	/** The phases of something that goes round. */
	moons({ tones, ink, ground }, random) {
		const count = random.pick([3, 4]);
		const size = 760 / count;
		const cells: string[] = [];
		for (let at = 0; at < count * count; at++) {
			const x = 120 + (at % count) * size + size / 2;
			const y = 120 + Math.floor(at / count) * size + size / 2;
			const radius = size * 0.4;
			const phase = (at / (count * count)) * 2 - 1 + random.between(-0.1, 0.1);
			const tone = random.chance(0.2) ? ink : (tones[at % 2] ?? ink);
			cells.push(
				`<clipPath id="m${at}"><circle cx="${x}" cy="${y}" r="${radius}"/></clipPath><circle cx="${x}" cy="${y}" r="${radius}" fill="${tone}"/><circle cx="${x + phase * 2 * radius}" cy="${y}" r="${radius}" fill="${mix(ground, tones[3], 0.5)}" clip-path="url(#m${at})"/>`
			);
		}
		return cells.join('\n');
	},

	/** A skyline, or a spectrum. */
	columns({ tones, ink, ground, isDark }, random) {
		const count = random.whole(9, 15);
		const width = EDGE / count;
		const peak = random.between(0.2, 0.8);
		const bars = Array.from({ length: count }, (_, at) => {
			const near = 1 - Math.abs(at / (count - 1) - peak);
			const height = 180 + 620 * near ** 2 * random.between(0.7, 1.1);
			const tone = mix(tones[0], tones[1], at / (count - 1));
			return `<rect x="${at * width + 5}" y="${1000 - height}" width="${width - 10}" height="${height + 10}" rx="${width / 2 - 5}" fill="${tone}"/>`;
		});
		return `${gradient('air', [isDark ? ground : mix(tones[1], '#ffffff', 0.6), mix(ground, tones[2], 0.6)])}
<rect width="1000" height="1000" fill="url(#air)"/><circle cx="${peak * 1000}" cy="250" r="${random.between(60, 150)}" fill="${ink}" fill-opacity="0.9"/>${bars.join('')}`;
	}
};

/** A line of soft hills from the left edge to the right. */
function wave(y: number, height: number, random: Random, end = 1000): string {
	const start = 1000 - end;
	const phase = random.between(0, 6);
	const length = random.between(0.7, 1.5);
	const points = Array.from({ length: 41 }, (_, at) => {
		const part = at / 40;
		const x = start + part * (end - start);
		const angle = part * length * 2 * Math.PI + phase;
		const rise = Math.sin(angle) + 0.4 * Math.sin(angle * 2.7 + phase);
		return `${x.toFixed(1)} ${(y + height * rise).toFixed(1)}`;
	});
	return `M${points.join(' L')}`;
}

function gradient(id: string, [from, to]: readonly [string, string]): string {
	return `<linearGradient id="${id}" x2="0" y2="1"><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`;
}

/** @param part 0 is the first, 1 the second */
function mix(first: string, second: string, part: number): string {
	const [a, b] = [channels(first), channels(second)];
	return hex(a.map((value, at) => value + ((b[at] ?? 0) - value) * part));
}

function channels(color: string): number[] {
	return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

function hex(parts: readonly number[]): string {
	const digits = parts.map((part) => Math.round(Math.min(255, Math.max(0, part))));
	return `#${digits.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** CSS Color 4's OKLCH in sRGB; what lies outside is cut. */
function oklch(lightness: number, chroma: number, degrees: number): string {
	const angle = (degrees * Math.PI) / 180;
	const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
	const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
	const linear = [
		4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
		-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
		-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s
	];
	return hex(
		linear.map((value) => {
			const inside = Math.min(1, Math.max(0, value));
			return 255 * (inside <= 0.0031308 ? 12.92 * inside : 1.055 * inside ** (1 / 2.4) - 0.055);
		})
	);
}
