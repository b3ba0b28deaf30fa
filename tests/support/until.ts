const STEP_MS = 50;

/** Asks again until the answer is right; the test's own time limit ends it. For what can only be asked, not awaited. */
export async function retryUntil<T>(
	ask: () => Promise<T> | T,
	isRight: (answer: T) => boolean
): Promise<T> {
	for (;;) {
		const answer = await ask();
		if (isRight(answer)) return answer;
		await new Promise((resolve) => setTimeout(resolve, STEP_MS));
	}
}
