import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);

/** OWASP's second argon2id setting: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19 * 1024;
const PASSES = 2;
const TAG_BYTES = 32;
const SALT_BYTES = 16;

/** Each takes 19 MiB and one of the few threads that files are read with: more at once would stop everybody. */
const AT_ONCE = 1;
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
	if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
	running += 1;
	try {
		return await work();
	} finally {
		running -= 1;
		waiting.shift()?.();
	}
}

/** A PHC string: `$argon2id$v=19$m=…,t=…,p=1$salt$tag`. */
export async function hashPassword(password: string): Promise<string> {
	const salt = randomBytes(SALT_BYTES);
	const tag = await tagOf(password, salt, MEMORY_KIB, PASSES);
	return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${encode(salt)}$${encode(tag)}`;
}

/** False for a wrong password and for a hash that is not one. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
	const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([\w+/]+)\$([\w+/]+)$/.exec(hash);
	if (!match) return false;
	const [, memory, passes, salt = '', tag = ''] = match;
	const expected = Buffer.from(tag, 'base64');
	const actual = await tagOf(password, Buffer.from(salt, 'base64'), Number(memory), Number(passes));
	return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function tagOf(password: string, nonce: Buffer, memory: number, passes: number): Promise<Buffer> {
	return inTurn(() =>
		derive('argon2id', {
			message: Buffer.from(password.normalize('NFC')),
			nonce,
			parallelism: 1,
			tagLength: TAG_BYTES,
			memory,
			passes
		})
	);
}

function encode(bytes: Buffer): string {
	return bytes.toString('base64').replace(/=+$/, '');
}
