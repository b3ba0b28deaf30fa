import type { Random } from './random.ts';

export type Tongue = 'english' | 'nordic' | 'japanese' | 'arabic' | 'russian' | 'greek';

interface Words {
	artists: readonly [readonly string[], readonly string[]];
	titles: readonly [readonly string[], readonly string[]];
	/** Between the two words. */
	artistJoint: string;
	titleJoint: string;
}

/** Any first word goes with any second, in the grammar of its language too. */
const WORDS: Record<Tongue, Words> = {
	english: {
		artists: [
			words(
				'Harbour Paper Velvet Northern Glass Copper Silent Winter Amber Salt Hollow Lunar Marble Cedar'
			),
			words(
				'Lights Foxes Choir Radio Machine Garden Signal Avenue Theatre Rivers Atlas Parade Society Kites'
			)
		],
		titles: [
			words(
				'Slow Low Distant Borrowed Quiet Second Electric Silver Open Midnight Early Falling Patient Lucid Weightless Painted Broken Endless Secret Warm'
			),
			words(
				'Tide Rooms Signals Weather Morning Stairs Windows Machines Letters Islands Horizon Motion Avenue Harbour Shadows Orbit Summer Echoes Satellites Gardens Snow Ferry'
			)
		],
		artistJoint: ' ',
		titleJoint: ' '
	},
	nordic: {
		artists: [
			words('Älva Søren Maëlle Zoë Björn Åsa Inês Jürgen'),
			words('Lindqvist Østergård Béranger Núñez Þórsdóttir Müller Kõiv')
		],
		titles: [
			words('Förste Sidste Petit Kleiner Grand Nocturne Étude Prélude'),
			words('Nr.1 Nr.2 Nr.3 Nr.4 Nr.5 Nr.6 Nr.7 Nr.8 Nr.9')
		],
		artistJoint: ' ',
		titleJoint: ' '
	},
	japanese: {
		artists: [words('青い 夜の 白い 遠い 静かな 春の'), words('電車 灯台 金魚 図書館 海岸 時計')],
		titles: [
			words('雨 海 夜 星 雪 風 夏 月 森 影 朝 窓'),
			words('声 手紙 匂い 道 夢 音 ほとり 庭 色 記憶')
		],
		artistJoint: '',
		titleJoint: 'の'
	},
	arabic: {
		artists: [words('فرقة أصوات أنغام'), words('النورس الياسمين المرجان الغروب السنونو الزيتون')],
		titles: [
			words('ضوء صوت طريق ليل ظل حلم رائحة باب'),
			words('البحر القمر المدينة الصحراء المطر النخيل الفجر الريح')
		],
		artistJoint: ' ',
		titleJoint: ' '
	},
	russian: {
		artists: [
			words('Тихий Северный Бумажный Зимний Дальний Лунный'),
			words('берег вокзал сад трамвай маяк город')
		],
		titles: [
			words('Свет Шум Голос Запах Цвет След Вкус'),
			words('моря окна снега дождя лета дороги вечера города')
		],
		artistJoint: ' ',
		titleJoint: ' '
	},
	greek: {
		artists: [
			words('Φάροι Κύματα Γλάροι Αστέρια Δρόμοι'),
			['του Βορρά', 'της Νύχτας', 'του Νότου', 'της Πόλης']
		],
		titles: [
			words('Φως Ήχος Δρόμος Χρώμα Ίχνος Όνειρο'),
			['της θάλασσας', 'της βροχής', 'του φεγγαριού', 'του καλοκαιριού', 'της πόλης', 'του ανέμου']
		],
		artistJoint: ' ',
		titleJoint: ' '
	}
};

/** Hands out names, each only once. */
export class Names {
	readonly #random: Random;
	readonly #taken = new Set<string>();

	constructor(random: Random) {
		this.#random = random;
	}

	artist(tongue: Tongue): string {
		const { artists, artistJoint } = WORDS[tongue];
		return this.#new(artists, artistJoint);
	}

	title(tongue: Tongue): string {
		const { titles, titleJoint } = WORDS[tongue];
		return this.#new(titles, titleJoint);
	}

	#new([first, second]: readonly [readonly string[], readonly string[]], joint: string): string {
		// Once most are taken, further ones are numbered, as sequels are.
		for (let part = 1; ; part++) {
			for (let attempt = 0; attempt < first.length * second.length; attempt++) {
				const base = `${this.#random.pick(first)}${joint}${this.#random.pick(second)}`;
				const name = part === 1 ? base : `${base} ${roman(part)}`;
				if (this.#taken.has(name)) continue;
				this.#taken.add(name);
				return name;
			}
		}
	}
}

function words(text: string): string[] {
	return text.split(' ');
}

/** @param number from 1 on */
function roman(number: number): string {
	const digits = [
		[10, 'X'],
		[9, 'IX'],
		[5, 'V'],
		[4, 'IV'],
		[1, 'I']
	] as const;
	let rest = number;
	let text = '';
	for (const [value, letters] of digits) {
		while (rest >= value) {
			text += letters;
			rest -= value;
		}
	}
	return text;
}
