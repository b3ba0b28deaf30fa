import { causeSentence, kindWords, type DeadLetter, type JobCounts } from '#contracts/job';

/** A terminal obeys control characters, and names of files may hold any. */
const plain = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/g, '?');

/** What `segue jobs` prints. Times are milliseconds since 1970. */
export function jobLines({
	counts,
	letters,
	now
}: {
	counts: readonly JobCounts[];
	letters: readonly DeadLetter[];
	now: number;
}): string[] {
	const lines = counts.map(
		({ kind, waiting, running, dead }) =>
			`${kindWords(kind)}: ${waiting} waiting, ${running} running, ${dead} given up`
	);
	if (lines.length === 0) lines.push('There is nothing to do.');
	for (const {
		id,
		cause,
		about,
		owner,
		attempts,
		firstFailedAt,
		lastFailedAt,
		detail
	} of letters) {
		const whose = owner === null ? '' : `, ${plain(owner)}’s`;
		const times = attempts === 1 ? '1 time' : `${attempts} times`;
		lines.push(
			'',
			`${id}  ${plain(about)}${whose}`,
			`    ${causeSentence(cause)}`,
			`    Tried ${times}, first failed ${at(firstFailedAt, now)}, last ${at(lastFailedAt, now)}.`,
			...detail.split('\n').map((line) => `    ${plain(line)}`.trimEnd())
		);
	}
	const listed = counts.reduce((sum, { dead }) => sum + dead, 0);
	if (listed > letters.length) lines.push('', `And ${listed - letters.length} more.`);
	return lines;
}

/** The day is left out when it is today's. In UTC, as the log has it. */
function at(ms: number, now: number): string {
	const [day, time] = new Date(ms).toISOString().slice(0, 19).split('T');
	const today = new Date(now).toISOString().slice(0, 10);
	return day === today ? `at ${time} UTC` : `on ${day} at ${time} UTC`;
}
