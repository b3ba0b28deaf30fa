// A list whose rows play here instead of opening the track's page, and one after the other.
const audio = document.querySelector('audio');
/** @type {HTMLElement[]} */
const rows = [...document.querySelectorAll('a[data-stream]')].filter(
	(row) => row instanceof HTMLElement
);

/**
 * @param {HTMLAudioElement} player
 * @param {HTMLElement} row
 */
function play(player, row) {
	for (const each of rows) each.removeAttribute('aria-current');
	row.setAttribute('aria-current', 'true');
	player.setAttribute('aria-label', row.querySelector('.title')?.textContent ?? '');
	player.src = row.dataset['stream'] ?? '';
	player.play().catch(() => {}); // the browser wants a click of its own
}

// Of all frames and pages that hear each other one plays: the portal's own speak by this name too.
const others = openChannel();

function openChannel() {
	try {
		return new BroadcastChannel('segue.player');
	} catch {
		return null; // a browser may refuse it to a frame of others
	}
}

if (audio) {
	audio.addEventListener('play', () => others?.postMessage('playing'));
	others?.addEventListener('message', () => audio.pause());
	for (const row of rows) {
		row.addEventListener('click', (event) => {
			if (event.ctrlKey || event.metaKey || event.shiftKey) return;
			event.preventDefault();
			play(audio, row);
		});
	}
	audio.addEventListener('ended', () => {
		const next = rows[rows.findIndex((row) => row.hasAttribute('aria-current')) + 1];
		if (next) play(audio, next);
	});
}
