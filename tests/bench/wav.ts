import { open } from 'node:fs/promises';

const MIB = 1024 ** 2;
const SOUND_EVERY = 64 * MIB;
const SOUND_BYTES = 4096;

/** Silence with a little noise in it: the disk keeps next to nothing of it, and no program can tell. */
export async function makeWav(path: string, bytes: number): Promise<void> {
	const file = await open(path, 'wx');
	try {
		await file.write(wavHead(bytes - WAV_HEAD_BYTES));
		await file.truncate(bytes);
		const noise = Buffer.alloc(SOUND_BYTES, 'segue');
		for (let at = SOUND_EVERY; at + SOUND_BYTES < bytes; at += SOUND_EVERY) {
			await file.write(noise, 0, noise.length, at);
		}
	} finally {
		await file.close();
	}
}

const WAV_HEAD_BYTES = 44;
/** As short as so many bytes can be: what is made of them afterwards is not what is measured. */
const CHANNELS = 8;
const HERTZ = 192_000;
const SAMPLE_BYTES = 2;

/** RIFF with PCM. */
function wavHead(dataBytes: number): Buffer {
	const head = Buffer.alloc(WAV_HEAD_BYTES);
	const frame = CHANNELS * SAMPLE_BYTES;
	head.write('RIFF', 0);
	head.writeUInt32LE(dataBytes + WAV_HEAD_BYTES - 8, 4);
	head.write('WAVEfmt ', 8);
	head.writeUInt32LE(16, 16);
	head.writeUInt16LE(1, 20);
	head.writeUInt16LE(CHANNELS, 22);
	head.writeUInt32LE(HERTZ, 24);
	head.writeUInt32LE(HERTZ * frame, 28);
	head.writeUInt16LE(frame, 32);
	head.writeUInt16LE(8 * SAMPLE_BYTES, 34);
	head.write('data', 36);
	head.writeUInt32LE(dataBytes, 40);
	return head;
}
