const BAR = 24;

/** A bar that moves on a terminal; a line for each where it is read by a program. As `segue upload` has it. */
export class Progress {
	readonly #out: NodeJS.WriteStream;
	readonly #total: number;
	#made = 0;

	constructor(out: NodeJS.WriteStream, total: number) {
		this.#out = out;
		this.#total = total;
		this.#draw();
	}

	made(file: string) {
		this.#made += 1;
		if (this.#out.isTTY) this.#draw();
		else this.#out.write(`made: ${file}\n`);
	}

	finish() {
		if (this.#out.isTTY) this.#out.write('\n');
	}

	#draw() {
		if (!this.#out.isTTY) return;
		const part = this.#made / this.#total;
		const bar = '█'.repeat(Math.round(part * BAR)).padEnd(BAR, '░');
		this.#out.write(`\r\u001b[K${bar} ${this.#made} of ${this.#total} tracks made`);
	}
}
